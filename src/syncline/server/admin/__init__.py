"""The owner's admin routes: what the `syncline` command calls, over a Unix socket or in its own process.

Whoever can open the socket is the operator: it lies in the data directory (mode 0700) with mode 0600, and
nothing here asks for a token. This file imports nothing, so that a command which only needs the shapes of
requests and answers starts quickly.
"""
