"""The systems of the demo company, one file per system, each with the signals that it would send."""
