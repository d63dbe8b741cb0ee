"""How a text feels: negative, neutral or positive, with probabilities, or that it cannot be said."""
