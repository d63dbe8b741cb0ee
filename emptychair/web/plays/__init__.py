"""Plays on pages."""
