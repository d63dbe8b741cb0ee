"""Journeys on pages: the builder, what was seen on the way, and the drawing of it."""
