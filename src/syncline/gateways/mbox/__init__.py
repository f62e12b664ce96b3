"""Mbox files: one file of many mails, told apart by a line before each."""
