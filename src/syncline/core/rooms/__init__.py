"""Rooms: the pure rules of all conversations. Matrix's levels are the superset, all else is a preset."""
