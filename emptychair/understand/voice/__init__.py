"""What people speak of: how many, how they feel about it, who they are, and what they did afterwards."""
