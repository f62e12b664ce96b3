"""Waiting and waking: who hears of a commit, and who has nothing to hear."""

from syncline.services.delivery.audiences import LOG, Heard, Recent
from syncline.services.delivery.delivery import Delivery
from syncline.services.delivery.parking import Parked, Wake

__all__ = ["LOG", "Delivery", "Heard", "Parked", "Recent", "Wake"]
