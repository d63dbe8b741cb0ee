"""What each person is likely to need next: a product, a feature, a question, a need that others voiced."""
