"""Heliotrope's HTTP API: a mailbox of threads, labels and searches. See docs/heliotrope.md.

This package imports nothing by itself: the process that reads large mails loads `wholes` alone.
"""
