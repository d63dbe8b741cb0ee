"""A question in words, and what people said for it, against it and about it, with who never said anything."""
