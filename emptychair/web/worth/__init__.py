"""What customers are worth, as pages tell it."""
