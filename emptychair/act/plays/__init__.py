"""Plays: from a warning, a need or a segment to people who are called, and to those who are not."""
