"""Conversations as clients page through them: beginnings, forward, backward, boards, and the list."""
