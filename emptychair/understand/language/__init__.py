"""What texts say: meaning as vectors, language, tone, and what of them must not leave the machine."""
