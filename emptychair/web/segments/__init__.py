"""Segments on pages: the builder, how many are in them, and what they say in words."""
