"""Pages for people: signing in, and the home page with one's tokens and what changed last."""

from syncline.web.plugged import PART, ROUTES, refusal

__all__ = ["PART", "ROUTES", "refusal"]
