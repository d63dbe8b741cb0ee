"""Sources that come by themselves: what is fetched from systems of others, and what each item becomes."""
