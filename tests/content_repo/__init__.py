"""What the repository promises, on SQLite and on PostgreSQL."""
