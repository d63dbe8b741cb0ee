"""What is likely next: who is about to leave, what each is worth, and what each needs next."""
