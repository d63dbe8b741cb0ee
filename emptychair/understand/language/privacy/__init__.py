"""What of a text must not leave the machine, and the text without it."""
