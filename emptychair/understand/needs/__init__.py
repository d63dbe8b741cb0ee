"""What people need and did not ask for: what emerges, cues of it, and cards to write it down on."""
