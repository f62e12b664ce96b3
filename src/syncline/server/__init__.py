"""The server: one ASGI application, its limits, its log, its numbers, and the process that runs it."""
