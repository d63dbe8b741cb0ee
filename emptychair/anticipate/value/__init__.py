"""What each customer is worth: by a model of buying, or by contract, never by both."""
