"""Pages for people: signing in, and the home page with one's tokens and what changed last."""

from syncline.web.plugged import ROUTES, refusal

__all__ = ["ROUTES", "refusal"]
