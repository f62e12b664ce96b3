"""Conversations as clients page through them: beginnings, walks, boards, and the list of all."""
