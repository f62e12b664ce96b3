"""Messages of another system, as `import` hooks get them (Fleep reference 2.8)."""

from collections.abc import Sequence

from syncline.core.errors import Invalid
from syncline.protocols.fleep.fields import Fields
from syncline.services.hooks import Posted


def imported(messages: Sequence[Fields]) -> list[Posted]:
    """What stands in `messages`; raises Invalid, Missing.

    Each has `message`, and perhaps `message_key`, `posted_time` (seconds) and `sender_name`.
    """
    return [_posted(message) for message in messages]


def _posted(given: Fields) -> Posted:
    key = given.raw("message_key")
    if isinstance(key, int) and not isinstance(key, bool):
        key = str(key)  # importers count
    if key is not None and not isinstance(key, str):
        raise Invalid("message_key is a text.", field="message_key")
    seconds = given.weight("posted_time")
    if seconds is not None and not 0 <= seconds < 1 << 40:
        raise Invalid("posted_time is a time in seconds.", field="posted_time")
    return Posted(
        text=given.need_text("message"),
        sender=given.text("sender_name"),
        key=key,
        at=None if seconds is None else int(seconds * 1000),
    )
