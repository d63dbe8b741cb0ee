"""Numbers in, numbers out: no store, no clock, no SQL."""
