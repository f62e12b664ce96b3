"""Rooms: the pure rules of every conversation. Matrix's levels are the superset, all else is a preset of them."""
