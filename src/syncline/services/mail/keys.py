"""The keys by which mails and threads are found. All belong to one account."""

import hashlib

from syncline.core.ids import Hash, Id


def message_key(account: Id, message_id: str) -> bytes:
    """Under Space.MESSAGE_ID and Space.REFERENCE. Hashed, because some ids are kilobytes long."""
    return account.to_bytes(8, "big") + hashlib.sha256(message_id.encode("utf-8", "replace")).digest()[:16]


def mail_key(account: Id, no: int) -> bytes:
    """Under Space.MAIL: a mail's number."""
    return account.to_bytes(8, "big") + no.to_bytes(8, "big")


def raw_key(account: Id, hash: Hash) -> bytes:
    """Under Space.RAW: the raw bytes of a mail, or of another copy of it."""
    return account.to_bytes(8, "big") + hash


def thread_key(account: Id, number: int) -> bytes:
    """Under Space.THREAD: a thread's own number, whose negative is its id while it has no root."""
    return account.to_bytes(8, "big") + number.to_bytes(8, "big")


def mails(account: Id) -> str:
    """The counter of an account's mails."""
    return f"mail/{account}"


def bytes_of(account: Id) -> str:
    """The counter of the raw bytes of an account's mails."""
    return f"mail-bytes/{account}"


def threads(account: Id) -> str:
    """The counter of an account's threads."""
    return f"thread/{account}"
