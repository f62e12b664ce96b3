"""Dates as people ask for them: a year, a month, a day, or from one to another; in UTC."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

Span: TypeAlias = tuple[int | None, int | None]
"""first <= ms < last; None: open"""

_DATE: Final = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?", re.ASCII)
_SECOND: Final = re.compile(r"\d{1,12}", re.ASCII)


def days(text: str) -> Span | None:
    """The time that `2024`, `2024-01`, `2024-01-31`, `2023..2024-06`, `2024..` or `..2024` means; else None.

    A number of seconds since 1970 with more digits than a year means that second, as in the original.
    """
    first, dots, last = text.partition("..")
    if not dots:
        at = second(text) if len(text) > 4 else None
        return _span(text) if at is None else (at, at + 1000)
    begin = _span(first) if first else (None, None)
    end = _span(last) if last else (None, None)
    if begin is None or end is None or not (first or last):
        return None
    return begin[0], end[1]


def second(text: str) -> int | None:
    """Seconds since 1970 as ms."""
    return int(text) * 1000 if _SECOND.fullmatch(text) else None


def _span(text: str) -> Span | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    try:
        begin = datetime(year, month or 1, day or 1, tzinfo=UTC)
        if day is not None:
            end = begin + timedelta(days=1)
        elif month is not None:
            end = (begin + timedelta(days=31)).replace(day=1)
        else:
            end = begin.replace(year=year + 1)
    except (ValueError, OverflowError):
        return None  # no such day, or beyond what can be written
    return _ms(begin), _ms(end)


def _ms(at: datetime) -> int:
    return int(at.timestamp()) * 1000
