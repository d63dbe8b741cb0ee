"""Frozen nouns of the product, standard library only."""
