"""Sentences that several pages say."""

from typing import Final

NO_THREAD: Final = "There is no such thread."
NO_MESSAGE: Final = "There is no such message."

_UNITS: Final = ((10**3, "KB"), (10**6, "MB"), (10**9, "GB"))


def size_words(size: int) -> str:
    """Bytes as people say them: `812 bytes`, `1.4 KB`, `23 MB`."""
    if size < 1000:
        return f"{size} byte{'' if size == 1 else 's'}"
    unit, name = next(one for one in _UNITS if size < 999.5 * one[0] or one is _UNITS[-1])
    amount = size / unit
    return f"{amount:.1f} {name}" if amount < 9.95 else f"{amount:.0f} {name}"
