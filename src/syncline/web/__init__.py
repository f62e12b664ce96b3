"""Pages for people: signing in, making an account, and the home page with tokens and what changed last."""

from syncline.web.plugged import PART, ROUTES, refusal

__all__ = ["PART", "ROUTES", "refusal"]
