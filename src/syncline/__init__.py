"""Syncline: a self-hosted sync server. One ordered log, five sync protocols."""

__version__ = "0.1.0"
