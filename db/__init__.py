"""What happened: tables, queries and migrations. Knows nothing of the bot or of the content."""
