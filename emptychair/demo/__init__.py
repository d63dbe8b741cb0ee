"""The demo company: a deterministic one with known truths planted in it."""
