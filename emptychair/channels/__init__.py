"""Ways out of the house: to people and to systems of others."""
