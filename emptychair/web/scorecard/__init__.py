"""The scorecard as it is shown: measured numbers in, words and drawings out."""
