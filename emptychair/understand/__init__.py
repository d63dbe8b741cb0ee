"""Who they are and what they say, from what they did."""
