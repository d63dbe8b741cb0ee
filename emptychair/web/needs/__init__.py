"""What emerges and what people need, put together for pages."""
