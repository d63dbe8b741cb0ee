"""Surveys: asked in the right order, answered once, kept as signals."""
