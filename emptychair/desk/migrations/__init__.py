"""The history of the desk's tables; a migration is never changed once released."""
