"""Do something about it: plays for people, each with those who are left alone to compare with."""
