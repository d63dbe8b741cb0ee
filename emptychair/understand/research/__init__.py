"""Research: interviews with consent, what stands out in them, what follows, and whom to ask next."""
