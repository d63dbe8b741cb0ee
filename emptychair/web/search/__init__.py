"""The page on which people and words are found again."""
