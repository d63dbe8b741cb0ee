"""What is known of every person as of an instant, and of nothing that arrived later."""
