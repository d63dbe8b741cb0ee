"""Did it help: numbers with their interval, their n and who is missing from them."""
