"""The public board: who votes, and what is shown of a post."""
