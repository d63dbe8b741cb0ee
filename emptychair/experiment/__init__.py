"""Is it really better? What a comparison can show, and what it showed."""
