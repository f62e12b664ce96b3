"""Acts that are due: set in any work, done once, in the work that deletes them."""

from syncline.services.timers.acts import DueAct, read_act, set_timer
from syncline.services.timers.runner import Handler, Timers

__all__ = ["DueAct", "Handler", "Timers", "read_act", "set_timer"]
