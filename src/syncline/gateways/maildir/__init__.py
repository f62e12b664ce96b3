"""Maildirs: where their mails lie, and what the names of files and folders say."""
