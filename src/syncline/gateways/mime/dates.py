"""When a mail was written: its Date, else what the server that took it says."""

from email.utils import mktime_tz, parsedate_tz
from typing import Final

from syncline.gateways.mime.headers import Headers

LAST: Final = 253_402_300_799_000
"""The end of the year 9999 in ms: what calendars can show."""

LONGEST: Final = 200


def date(headers: Headers) -> int | None:
    """The date in ms since 1970, UTC: of Date, else of the newest Received that has one, else None."""
    for value in headers.raws("date")[:3]:
        if (found := read_date(value)) is not None:
            return found
    for value in headers.raws("received")[:50]:
        if (found := read_date(value.rpartition(b";")[2])) is not None:
            return found
    return None


def read_date(value: bytes) -> int | None:
    """A date of a header, leniently; kept within 1970 … 9999."""
    try:
        fields = parsedate_tz(value[:LONGEST].decode("latin-1"))
        if fields is None or not _possible(fields):
            return None
        seconds = mktime_tz(fields)
    except (ValueError, OverflowError, IndexError, TypeError):  # parsedate_tz fails on odd ones in many ways
        return None
    return max(0, min(int(seconds) * 1000, LAST))


def _possible(fields: tuple[int, ...] | tuple[int | None, ...]) -> bool:
    """Whether these are a day and a time at all: parsedate_tz lets the 99th of a month pass."""
    year, month, day, hour, minute, second = (int(one or 0) for one in fields[:6])
    return (
        0 < year < 10_000
        and 1 <= month <= 12
        and 1 <= day <= 31
        and hour < 25
        and minute < 61
        and second < 62
    )
