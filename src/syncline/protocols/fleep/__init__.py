"""Fleep: a messenger's API, with an event horizon and a long poll. See docs/fleep.md."""
