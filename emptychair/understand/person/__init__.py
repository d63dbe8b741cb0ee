"""One person, or a few together, as somebody who meets them wants to know them."""
