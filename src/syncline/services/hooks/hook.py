"""A hook: an address through which other systems write into a conversation, and one to which it is told."""

from enum import StrEnum
from typing import Final

import msgspec

from syncline.core.errors import NotFound
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Kind, ReaderKind
from syncline.core.objects import Object
from syncline.core.readers import Reader
from syncline.store.contract import Tx, View

TYPES: Final = (
    "plain",
    "import",
    "bitbucket",
    "confluence",
    "github",
    "gitlab",
    "ifttt",
    "jira",
    "newrelic",
    "pivotaltracker",
    "sameroom",
    "slack",
    "trello",
    "zapier",
)
"""All types that may be named (Fleep reference 5, mk_hook_type). All but `import` behave as `plain`."""

IMPORT: Final = "import"

NO_HOOK: Final = "There is no such hook."


class Outward(StrEnum):
    """Whether a hook posts what is said in its conversation to an address."""

    NONE = "none"
    """it has no address"""
    ON = "on"
    OFF = "off"
    """it has one, but was switched off: by its owner, or after repeated failure"""


class HookBody(msgspec.Struct, frozen=True):
    """The body of an object of Kind.HOOK, which every member of the conversation sees.

    The address that it posts to is not in it: such addresses are often secrets of another service, and only
    the hook's owner is shown it (Fleep reference 3.10). It lies in the hook's reader.
    """

    name: str
    type: str
    owner: Id
    outward: Outward = Outward.NONE


class Hook(msgspec.Struct, frozen=True):
    """One hook. `owner` is the account that made it, in whose name it writes; `made` ms."""

    id: Id
    conv: ZoneId
    owner: Id
    name: str
    type: str
    outward: Outward
    made: int


class Sending(msgspec.Struct, frozen=True, omit_defaults=True):
    """The private side of a hook: where it posts to, and how that goes.

    `reason` says why it was switched off (None: it was not, or by its owner). Entries up to `from_nr` are
    not posted: they were there before the address. `failures` in a row so far; nothing is posted before
    `due` (ms).
    """

    url: str = ""
    reason: str | None = None
    from_nr: int = 0
    failures: int = 0
    due: int = 0


_body = msgspec.json.Decoder(HookBody).decode
_sending = msgspec.json.Decoder(Sending).decode


def read_hook(object: Object) -> Hook:
    """The hook that lies in an object of Kind.HOOK."""
    body = _body(object.body)
    return Hook(object.id, object.zone, body.owner, body.name, body.type, body.outward, object.made)


def write_hook(hook: Hook) -> Object:
    """The object in which a hook lies."""
    body = HookBody(hook.name, hook.type, hook.owner, hook.outward)
    return Object(hook.id, Kind.HOOK, hook.conv, msgspec.json.encode(body), made=hook.made)


async def find_hook(view: View, id: Id) -> Hook | None:
    """A hook by its id, None if there is none (any more)."""
    found = await view.get([id])
    return read_hook(found[0]) if found and found[0].kind == Kind.HOOK else None


async def hook_of(view: View, id: Id, conv: ZoneId | None = None) -> Hook:
    """A hook by its id, of this conversation; raises NotFound."""
    hook = await find_hook(view, id)
    if hook is None or conv not in (None, hook.conv):
        raise NotFound(NO_HOOK, field="hook")
    return hook


async def hooks_of(view: View, conv: ZoneId) -> list[Hook]:
    """All hooks of a conversation, the first made first."""
    objects = await view.objects(conv, [Kind.HOOK])
    return sorted((read_hook(object) for object in objects), key=lambda hook: hook.id)


def reader_name(hook: Id) -> str:
    """The name of a hook's reader (ReaderKind.CONNECTION, of its owner), which has the hook's id."""
    return f"hook/{hook}"


async def sending_of(view: View, hook: Hook) -> Sending:
    """The private side of a hook: for its owner's eyes, and for whoever posts."""
    row = await view.reader(ReaderKind.CONNECTION, hook.owner, reader_name(hook.id))
    return Sending() if row is None else _sending(row.body)


def keep_sending(tx: Tx, hook: Hook, sending: Sending) -> None:
    """Write the private side of a hook. It is not in the log: whoever has to hear of it puts the hook too."""
    body = msgspec.json.encode(sending)
    name = reader_name(hook.id)
    tx.save_reader(
        Reader(hook.id, ReaderKind.CONNECTION, hook.owner, name, seen_at=tx.now, body=body),
    )
