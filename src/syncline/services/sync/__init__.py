"""The one delta, and the snapshot that it must lead to (promise 3)."""

from syncline.services.sync.delta import PAGE, delta
from syncline.services.sync.kinds import SHOWN, shown_kinds
from syncline.services.sync.pace import Pace
from syncline.services.sync.places import Jumps, jumps_of, possible
from syncline.services.sync.snapshot import snapshot

__all__ = ["PAGE", "SHOWN", "Jumps", "Pace", "delta", "jumps_of", "possible", "shown_kinds", "snapshot"]
