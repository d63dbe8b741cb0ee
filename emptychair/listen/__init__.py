"""Take it in, once."""
