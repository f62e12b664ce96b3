"""Calls that make and change conversations: topic, members, options, and one's own side (reference 2.4)."""

from typing import Final

from syncline.protocols.fleep.conversations import (
    acting,
    alerting,
    creating,
    joining,
    members,
    putting_away,
    reading,
    storing,
)
from syncline.protocols.fleep.serving import Spec

CALLS: Final[tuple[Spec, ...]] = (
    *creating.CALLS,
    *storing.CALLS,
    *members.CALLS,
    *alerting.CALLS,
    *putting_away.CALLS,
    *reading.CALLS,
    *joining.CALLS,
    *acting.CALLS,
)
"""All calls of this package."""
