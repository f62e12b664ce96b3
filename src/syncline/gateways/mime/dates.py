"""When a mail was written: its Date, else what the server that took it says."""

import re
from datetime import UTC, datetime
from email.utils import mktime_tz, parsedate_tz
from typing import Final

from syncline.gateways.mime import encoded
from syncline.gateways.mime.headers import Headers

LAST: Final = 253_402_300_799_000
"""The end of the year 9999 in ms: what calendars can show."""

LONGEST: Final = 200

ISO: Final = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?: ?[+-]\d\d:?\d\d|Z)?)?")
"""What programs write that never read RFC 2822."""


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
    """A date of a header, leniently; kept within 1970 … 9999. A day without a time is its first second."""
    text = encoded.decode(value[:LONGEST])
    try:
        if ISO.fullmatch(text):
            moment = datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-"))
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return max(0, int(moment.timestamp()) * 1000)
        fields = parsedate_tz(text) or (parsedate_tz(f"{text} 00:00:00 +0000") if ":" not in text else None)
        if fields is not None and 100 <= fields[0] < 200:
            # programs that were not ready for the year 2000 counted on (RFC 2822 4.3)
            fields = (fields[0] + 1900, *fields[1:])
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
