"""Which kinds a reader asked for."""

from collections.abc import Collection
from typing import Final

from syncline.core.kinds import VISIBLE_OBJECT_KINDS, Kind

SHOWN: Final = (Kind.ENTRY, Kind.SUBSCRIPTION, Kind.ZONE, *VISIBLE_OBJECT_KINDS)
"""All kinds that a reader may be told of. Zones entered and left are told whatever was asked for."""


def shown_kinds(kinds: Collection[Kind] | None) -> tuple[Kind, ...]:
    """Those of these kinds that are shown at all (None: all), in one fixed order."""
    return SHOWN if kinds is None else tuple(kind for kind in SHOWN if kind in kinds)
