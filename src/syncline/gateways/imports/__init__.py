"""Mails from files: finding them, what places and headers say of them, reading them in workers."""
