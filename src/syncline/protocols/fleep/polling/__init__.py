"""Following the log: poll, listen, and the first sync."""
