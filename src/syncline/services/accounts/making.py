"""Making an account: zone, profile, keys and credential in one work; and finding it by its names."""

import msgspec

from syncline.core.errors import Taken
from syncline.core.ids import ZoneId
from syncline.core.kinds import Space, ZoneKind
from syncline.services.accounts.account import (
    Account,
    Credential,
    Held,
    Role,
    describe,
    find_credential,
    new_credential,
)
from syncline.services.accounts.localparts import derive_localpart, take_localpart
from syncline.services.people import (
    Profile,
    address_key,
    know,
    localpart_key,
    profile_object,
    put_profile,
    read_profile,
    valid_address,
)
from syncline.services.people.profiles import clean_name
from syncline.store.contract import Tx, View


async def make_account(
    tx: Tx,
    email: str,
    *,
    name: str | None,
    local: str | None,
    password: str | None,
    role: Role,
    owns_address: bool,
) -> Account:
    """Make an account within a work: all of it, or (Invalid, Taken) nothing.

    `password` is a hash. `owns_address` says that the address is surely his: then a person known by it
    becomes the account.
    """
    address = valid_address(email)
    bound = await tx.key(Space.EMAIL, address_key(address))
    if bound is None:
        person = tx.new_id()
        await tx.bind(Space.EMAIL, address_key(address), person)
    else:
        person = bound.object
        if await find_credential(tx, person) is not None:
            raise Taken("This address has an account already.", field="email")
        if not owns_address:
            raise Taken("This address is known here; ask an admin for an invite to it.", field="email")
    tx.open_zone(ZoneKind.ACCOUNT, owner=person, id=ZoneId(person))
    if local is None:
        taken = await derive_localpart(tx, person, address)
    else:
        taken = await take_localpart(tx, person, local)
    known = await profile_object(tx, person)
    before = Profile(person=person) if known is None else read_profile(known)
    shown = clean_name(name or "") or before.name or taken
    profile = msgspec.structs.replace(before, name=shown, email=address, local=taken, account=True)
    credential = Credential(
        email=address,
        local=taken,
        role=role,
        profile=await put_profile(tx, profile, actor=person),
        password=password,
    )
    held = await new_credential(tx, person, credential)
    # An account sees its own profile as it sees others': because it knows the person.
    await know(tx, person, person)
    return (await describe(tx, [held]))[0]


async def account_by_email(view: View, email: str) -> Held | None:
    """The credential of the account with this address, in any letter case."""
    bound = await view.key(Space.EMAIL, address_key(email))
    return None if bound is None else await find_credential(view, bound.object)


async def account_by_local(view: View, local: str) -> Held | None:
    """The credential of the account with this local name."""
    bound = await view.key(Space.LOCALPART, localpart_key(local))
    return None if bound is None else await find_credential(view, bound.object)
