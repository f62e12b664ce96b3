"""Horizons up to which something happened that Fleep's clients have no record for.

A horizon moves to the last change sent only (design rule 5). What lies between it and what was looked
through without a word is remembered here, so that a caught-up client's next poll asks the store for nothing.
"""

from collections import OrderedDict
from typing import Final

from syncline.core.ids import Id, Seq

REMEMBERED: Final = 50_000


class Silences:
    """From a horizon of a reader (an account, or one session of it) up to a seq there is nothing to say."""

    def __init__(self) -> None:
        """Nothing was looked through yet."""
        self._known: OrderedDict[tuple[Id, Seq], Seq] = OrderedDict()

    def past(self, reader: Id, horizon: Seq) -> Seq:
        """The seq up to which there is surely nothing to say after a horizon."""
        return self._known.get((reader, horizon), horizon)

    def note(self, reader: Id, horizon: Seq, until: Seq) -> None:
        """Nothing was said of what lies after a horizon, up to a seq."""
        if until > horizon:
            self._known[reader, horizon] = until
            self._known.move_to_end((reader, horizon))
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
