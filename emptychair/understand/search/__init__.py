"""People's words found again: by the words themselves, by what they mean, and by both together."""
