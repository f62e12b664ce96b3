"""HTTP, in and out: routes and answers, how foreign bytes are sent, and the one client for our own requests.

This package imports nothing by itself, so that a protocol that only names its routes does not load a client.
"""
