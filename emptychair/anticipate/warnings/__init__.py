"""Problems before complaints: what goes wrong for more people than usual, where, since when, and for whom."""
