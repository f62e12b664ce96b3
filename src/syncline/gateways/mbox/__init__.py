"""Mbox files in: a first, plain reading of mails into entries."""
