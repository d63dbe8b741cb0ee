"""The collector: what clients send, kept first, understood afterwards."""
