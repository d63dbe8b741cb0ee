"""What we are working on: transactional state in SQLite or PostgreSQL, one file per noun."""
