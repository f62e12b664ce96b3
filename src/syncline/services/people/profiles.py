"""Profiles: what those who know a person see of it; one object per person, in the directory."""

from typing import Any, Final

import msgspec

from syncline.core.errors import Invalid, NotFound
from syncline.core.ids import DIRECTORY, Hash, Id
from syncline.core.kinds import Kind, Space
from syncline.core.objects import Object
from syncline.services.people.addresses import address_key, normal_address
from syncline.store.contract import Tx, View

ERASED_NAME: Final = "Erased account"
"""What a person is called after its account was erased; its id stays, so that old messages have an author."""

LONGEST_NAME: Final = 256
"""Characters of a name; longer ones (some mails have them) are cut."""


class Profile(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of a profile. `avatar` is a blob's hash in hex; `extra` holds what one protocol owns.

    `local` is the account's local name, for ever, and `alias` a second one that it may choose and change.

    `account` says whether the person has (or had) credentials, `closed` that it may not sign in any more,
    `erased` that everything it wrote is gone. `private`: others are not shown when it was active and what
    it has read. `service`: an account of the server's own, which nobody means to add to a conversation.
    """

    person: Id
    name: str = ""
    email: str | None = None
    local: str | None = None
    alias: str | None = None
    account: bool = False
    avatar: str | None = None
    erased: bool = False
    closed: bool = False
    private: bool = False
    service: bool = False
    extra: dict[str, Any] = {}


def profile_key(person: Id) -> bytes:
    """The value under Space.PROFILE that leads from a person to its profile object."""
    return person.to_bytes(8, "big")


def read_profile(object: Object) -> Profile:
    """The profile that lies in an object of Kind.PROFILE."""
    return msgspec.json.decode(object.body, type=Profile)


async def profile_object(view: View, person: Id) -> Object | None:
    """A person's profile object, None if there is no such person."""
    bound = await view.key(Space.PROFILE, profile_key(person))
    if bound is None:
        return None
    found = await view.get([bound.object])
    return found[0] if found else None


async def profile_of(view: View, person: Id) -> Profile:
    """A person's profile; raises NotFound if there is no such person."""
    found = await profile_object(view, person)
    if found is None:
        raise NotFound("There is no such person.")
    return read_profile(found)


async def put_profile(tx: Tx, profile: Profile, *, actor: Id | None = None) -> Id:
    """Write a person's profile, its first or a newer one; returns the object's id.

    Writes nothing when it says what is known already, so that nobody is woken for it.
    """
    body = msgspec.json.encode(profile)
    known = await profile_object(tx, profile.person)
    if known is None:
        id = tx.new_id()
        await tx.put(Object(id=id, kind=Kind.PROFILE, zone=DIRECTORY, body=body), actor=actor)
        await tx.bind(Space.PROFILE, profile_key(profile.person), id)
        _name_avatar(tx, id, None, profile.avatar)
        return id
    if known.body != body:
        await tx.put(msgspec.structs.replace(known, body=body), actor=actor)
        _name_avatar(tx, known.id, read_profile(known).avatar, profile.avatar)
    return known.id


def _name_avatar(tx: Tx, profile: Id, before: str | None, now: str | None) -> None:
    if before == now:
        return
    if before is not None:
        tx.unname(Hash(bytes.fromhex(before)), profile)
    if now is not None:
        tx.names(Hash(bytes.fromhex(now)), profile)


def clean_name(name: str) -> str:
    """A name as it can be shown on one line: broken letters replaced, blanks joined, cut at LONGEST_NAME."""
    text = name.encode("utf-8", "replace").decode("utf-8")
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())[:LONGEST_NAME]


async def person_by_email(view: View, email: str) -> Id | None:
    """The person that an address belongs to, with or without an account."""
    bound = await view.key(Space.EMAIL, address_key(email))
    return None if bound is None else bound.object


async def person_of(tx: Tx, email: str, name: str = "", *, actor: Id | None = None) -> Id:
    """The person of an address, made if nobody has it yet.

    Takes any text that a mail may carry as an address; raises Invalid only if nothing is left of it. The
    name fills in for a person without account that has none so far; it never replaces one.
    """
    address = normal_address(email)
    if not address:
        raise Invalid("A person needs an address.", field="email")
    shown = clean_name(name)
    known = await person_by_email(tx, email)
    if known is None:
        person = tx.new_id()
        await tx.bind(Space.EMAIL, address_key(email), person)
        await put_profile(tx, Profile(person=person, name=shown, email=address), actor=actor)
        return person
    if shown:
        profile = await profile_of(tx, known)
        if not profile.name and not profile.account:
            await put_profile(tx, msgspec.structs.replace(profile, name=shown), actor=actor)
    return known
