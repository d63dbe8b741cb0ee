"""Segments: people told by what is known of them and by what they did, as of any instant."""
