"""The board of requests: who asks, what it is worth, and who is told when it is there."""
