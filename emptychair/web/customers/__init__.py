"""What the pages of customers show, put together."""
