"""The collector's door: what clients of others send, as they send it."""
