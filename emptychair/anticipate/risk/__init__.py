"""Who is about to leave, with chances that keep their word on a time that the model had not seen."""
