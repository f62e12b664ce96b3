"""Making, changing and dropping hooks: works over a transaction."""

from typing import Final
from urllib.parse import urlsplit

import msgspec

from syncline.core.entries import Entry, NewEntry
from syncline.core.errors import Forbidden, Invalid, NotFound, TooLarge
from syncline.core.ids import NO_ID, Id, Nr, ZoneId
from syncline.core.kinds import EntryKind, Kind, Space
from syncline.core.rooms import facts as names
from syncline.core.rooms.levels import ADMIN
from syncline.core.rooms.permissions import check_send
from syncline.core.rooms.rules import Rules
from syncline.core.zones import Zone
from syncline.services.conversations import Answer, Request, once
from syncline.services.conversations.access import present
from syncline.services.conversations.reading import follow
from syncline.services.hooks.hook import (
    NO_HOOK,
    TYPES,
    Hook,
    Outward,
    Sending,
    find_hook,
    hook_of,
    keep_sending,
    sending_of,
    write_hook,
)
from syncline.store.contract import Lane, Store, Tx

MOST: Final = 100
"""Hooks of one conversation: all of them are shown at once."""

LONGEST_NAME: Final = 255
LONGEST_URL: Final = 2000

FACT: Final = "syncline.hook"
"""The type of the fact that says whether a hook is there; its name is the hook's id as text."""

CHUNK: Final = 32


class Changed(msgspec.Struct, frozen=True):
    """What an act made of a hook. `entry`, `nr`: the system message, None if there was none."""

    hook: Hook
    entry: Id | None = None
    nr: Nr | None = None


async def create(
    tx: Tx,
    account: Id,
    conv: ZoneId,
    *,
    name: str | None = None,
    type: str = "plain",
    url: str = "",
    request: Request | None = None,
) -> Changed:
    """Make a hook, as a member who may write; `url` lets it post what is said from now on.

    Without a name it is called by its type. A repeated request makes no other one. Raises NotFound (dropped
    since, too), NotMember, Forbidden, Invalid, TooLarge.
    """
    made: list[Changed] = []

    async def act() -> Answer:
        made.append(await _create(tx, account, conv, name, type, url))
        return Answer(conv, made[0].entry, made[0].nr, target=made[0].hook.id)

    answer = await once(tx, account, request, act)
    if made:
        return made[0]
    return Changed(await hook_of(tx, answer.target or NO_ID), answer.entry, answer.nr)


async def _create(tx: Tx, account: Id, conv: ZoneId, name: str | None, type: str, url: str) -> Changed:
    if type not in TYPES:
        raise Invalid(f"A hook is one of {', '.join(TYPES)}.", field="type")
    url = _checked_url(url)
    name = _checked_name(name, type)
    zone, rules = await present(tx, account, conv)
    check_send(rules, account)
    if zone.owner is not None:
        raise Forbidden("Hooks are for conversations, not for threads of mails.")
    if len(await tx.objects(zone.id, [Kind.HOOK])) >= MOST:
        raise TooLarge(f"A conversation has at most {MOST} hooks.")
    outward = Outward.ON if url else Outward.NONE
    hook = Hook(tx.new_id(), zone.id, account, name, type, outward, tx.now)
    await tx.put(write_hook(hook), actor=account)
    tx.index(Space.OWNED, owned_term(account), hook.id)
    entry = await _tell(tx, zone, account, "hook", hook)
    if url:
        tx.index(Space.OUTGOING, b"", hook.id)
        keep_sending(tx, hook, Sending(url=url, from_nr=entry.nr or 0))
    return Changed(hook, entry.id, entry.nr)


async def configure(
    tx: Tx,
    account: Id,
    conv: ZoneId,
    id: Id,
    *,
    name: str | None = None,
    url: str | None = None,
    disabled: bool | None = None,
) -> Changed:
    """Change what is given: by the owner, or an admin of a managed conversation. What changes nothing is not
    written.

    An empty `url` ends the posting. With another one, or switched on again, it goes on with what is said
    from then on: what waited is forgotten. Raises NotFound, NotMember, Forbidden, Invalid.
    """
    zone, rules = await present(tx, account, conv)
    hook = await hook_of(tx, id, zone.id)
    if account != hook.owner and not _rules_hooks(rules, account):
        raise Forbidden("Only who made a hook, or an admin of a managed conversation, may change it.")
    sending = await sending_of(tx, hook)
    new_url = sending.url if url is None else _checked_url(url)
    off = hook.outward is Outward.OFF if disabled is None else disabled
    if url is not None and disabled is None and new_url != sending.url:
        off = False  # who gives another address wants it used
    outward = Outward.NONE if not new_url else Outward.OFF if off else Outward.ON
    new = msgspec.structs.replace(
        hook, name=hook.name if name is None else _checked_name(name, hook.type), outward=outward
    )
    if new == hook and new_url == sending.url:
        return Changed(hook)
    await tx.put(write_hook(new), actor=account)
    if new_url != sending.url or outward is not hook.outward:
        _redirect(tx, new, Sending(url=new_url, from_nr=zone.nr))
    return Changed(new)


async def drop(tx: Tx, account: Id, conv: ZoneId, id: Id) -> Changed:
    """Delete a hook: by its owner, an admin of a managed conversation, or any member once the owner left.

    Its address is dead from then on. Raises NotFound, NotMember, Forbidden.
    """
    found = await find_hook(tx, id)
    if found is None:
        raise NotFound(NO_HOOK, field="hook")
    zone, rules = await present(tx, account, conv, found.owner)
    if found.conv != zone.id:
        raise NotFound(NO_HOOK, field="hook")
    if account != found.owner and rules.joined(found.owner) and not _rules_hooks(rules, account):
        raise Forbidden("Only who made a hook, or an admin of a managed conversation, may drop it.")
    await forget(tx, found, actor=account)
    entry = await _tell(tx, zone, account, "unhook", found)
    return Changed(found, entry.id, entry.nr)


async def switch_off(tx: Tx, hook: Hook, reason: str) -> None:
    """Let a hook post nothing more, and say why: what waits is forgotten, its owner's clients are told."""
    sending = await sending_of(tx, hook)
    off = msgspec.structs.replace(hook, outward=Outward.OFF)
    await tx.put(write_hook(off))
    _redirect(tx, off, Sending(url=sending.url, reason=reason))


async def forget(tx: Tx, hook: Hook, *, actor: Id | None = None) -> None:
    """Delete a hook with all that belongs to it, without a word in the conversation."""
    await tx.drop(hook.id, actor=actor)
    tx.unindex(Space.OWNED, owned_term(hook.owner), hook.id)
    tx.unindex(Space.OUTGOING, b"", hook.id)
    tx.drop_reader(hook.id)


async def forget_hooks(store: Store, account: Id) -> None:
    """Delete all hooks of an account that is being erased, names and addresses too."""
    term = owned_term(account)

    async def work(tx: Tx) -> int:
        found = await tx.find(Space.OWNED, term, after=NO_ID, limit=CHUNK)
        for id in found:
            await forget(tx, await hook_of(tx, id))
        return len(found)

    while (await store.write(work, lane=Lane.BULK)).value:
        pass


def owned_term(account: Id) -> bytes:
    """The value under Space.OWNED that lists an account's hooks."""
    return account.to_bytes(8, "big")


def _redirect(tx: Tx, hook: Hook, sending: Sending) -> None:
    tx.confirm(hook.id, tx.head)
    if hook.outward is Outward.ON:
        tx.index(Space.OUTGOING, b"", hook.id)
    else:
        tx.unindex(Space.OUTGOING, b"", hook.id)
    keep_sending(tx, hook, sending)


async def _tell(tx: Tx, zone: Zone, account: Id, act: str, hook: Hook) -> Entry:
    """Add the entry by which people see that a hook came or went; it takes a nr (Fleep reference 2.8)."""
    name = str(hook.id)
    content = {"act": act, "hook_name": hook.name, "hook": hook.id}
    body = {"type": FACT, "name": name, "content": content}
    entry = await tx.add(
        NewEntry(zone.id, EntryKind.STATE, account, msgspec.json.encode(body)),
        [names.fact(FACT, content, name)],
    )
    await follow(tx, account, entry, zone.alert_nr)
    return entry


def _rules_hooks(rules: Rules, account: Id) -> bool:
    """Whether an account is an admin where admins stand above the others (not in a plain Fleep one)."""
    return rules.managed and rules.level(account) >= ADMIN


def _checked_name(name: str | None, otherwise: str) -> str:
    name = (name or "").strip() or otherwise
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(f"A hook's name is one line of at most {LONGEST_NAME} characters.", field="hook_name")
    return name


def _checked_url(url: str) -> str:
    url = url.strip()
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or len(url) > LONGEST_URL or not url.isprintable() or " " in url:
        raise Invalid(
            "A hook posts to an address that begins with http:// or https://.", field="outgoing_url"
        )
    return url
