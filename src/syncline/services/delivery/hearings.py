"""What audiences hear of a commit: the news of the zones that each sees."""

from collections.abc import Sequence
from typing import TypeAlias

from syncline.core.ids import ZoneId
from syncline.services.delivery.audiences import Audience, Heard
from syncline.services.delivery.news import News
from syncline.store.commit import Commit

Of: TypeAlias = list[tuple[ZoneId, News]]
"""The news of zones."""


class Hearings:
    """What is heard of one commit; those who hear the same share one."""

    def __init__(self, commit: Commit) -> None:
        """Nobody has heard of it yet."""
        self._commit = commit
        self._heard: dict[tuple[ZoneId, ...], Heard] = {}

    def tell(self, audience: Audience, of_zones: Of) -> None:
        """Tell an audience the news of the zones that it sees."""
        last = max(news.last for _, news in of_zones)
        audience.newest = max(audience.newest, last)
        if not all(news.plain for _, news in of_zones):
            audience.break_off(last)
            audience.regranted(self._commit)
        elif last:
            audience.hear(self.of(of_zones))

    def of(self, of_zones: Of) -> Heard:
        """What everybody hears who sees these zones, and no others that the commit names."""
        zones = tuple(zone for zone, news in of_zones if news.last)
        heard = self._heard.get(zones)
        if heard is None:
            last = max(news.last for _, news in of_zones)
            heard = self._heard[zones] = Heard(last, self._commit, zones)
        return heard


def heard_late(zone: ZoneId, late: Sequence[tuple[Commit, News]]) -> list[tuple[Heard, News]]:
    """What is heard of commits whose hearers are found out later: one each, shared by them all."""
    return [(Heard(news.last, commit, (zone,)), news) for commit, news in late]


def tell_late(audience: Audience, late: Sequence[tuple[Heard, News]], *, sure: bool) -> None:
    """Tell an audience of such commits; one that is not `sure` is left to the log."""
    for heard, news in late:
        audience.newest = max(audience.newest, news.last)
        if sure and news.plain and audience.in_turn(news.last):
            audience.hear(heard)
        else:
            audience.break_off(news.last)
