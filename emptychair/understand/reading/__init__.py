"""All words of the ledger read beside the server: vectors, language, tone, and themes spoken of."""
