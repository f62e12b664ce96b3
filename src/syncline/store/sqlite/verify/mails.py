"""Checks of mails: whatever is known by a number, an id or its bytes is there."""

from collections.abc import Iterator
from typing import Final

from syncline.core.kinds import EntryKind, Space
from syncline.store.sqlite.verify.looking import Check, Looking


def numbers_lead_to_mails(at: Looking) -> Iterator[str]:
    """Each mail number of an account leads to a mail in a thread that the account owns."""
    for value, object in at.rows(
        """SELECT key.value, key.object FROM key LEFT JOIN entry ON entry.id = key.object
           LEFT JOIN zone ON zone.id = entry.conv WHERE key.space = ?
           AND (entry.kind IS NOT ? OR hex(substr(key.value, 1, 8)) IS NOT printf('%016X', zone.owner))""",
        int(Space.MAIL),
        int(EntryKind.MAIL),
    ):
        yield f"mail {_number(value)} of account {_account(value)} leads to {object}, which is no mail of it."


def ids_and_bytes_lead_to_numbers(at: Looking) -> Iterator[str]:
    """Each Message-ID, and each raw mail known by its bytes, names a number that leads to a mail."""
    numbers = {bytes(value) for (value,) in at.rows("SELECT value FROM key WHERE space = ?", int(Space.MAIL))}
    for space in (Space.MESSAGE_ID, Space.RAW):
        for value, answer in at.rows("SELECT value, answer FROM key WHERE space = ?", int(space)):
            no = int(answer) if answer is not None and bytes(answer).isdigit() else 0
            if value[:8] + no.to_bytes(8, "big") not in numbers:
                name = space.name.lower()
                yield f"a key of space {name} of account {_account(value)} names mail {no}, which is none."


def references_lead_to_threads(at: Looking) -> Iterator[str]:
    """Each id that mails refer to leads to a thread of the same account, and each thread's number too."""
    for space, value, object in at.rows(
        """SELECT key.space, key.value, key.object FROM key LEFT JOIN zone ON zone.id = key.object
           WHERE key.space IN (?, ?) AND hex(substr(key.value, 1, 8)) IS NOT printf('%016X', zone.owner)""",
        int(Space.REFERENCE),
        int(Space.THREAD),
    ):
        name = Space(space).name.lower()
        yield f"a key of space {name} of account {_account(value)} leads to {object}, no thread of it."


def _account(value: bytes) -> int:
    return int.from_bytes(value[:8], "big")


def _number(value: bytes) -> int:
    return int.from_bytes(value[8:], "big")


CHECKS: Final[tuple[Check, ...]] = (
    numbers_lead_to_mails,
    ids_and_bytes_lead_to_numbers,
    references_lead_to_threads,
)
