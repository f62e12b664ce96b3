"""Profiles of the persons that an account knows. They lie in the directory, and are shown through contacts.

A profile's position is the newer of its own change and its contact's: getting to know somebody shows the
profile however old it is.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from syncline.core.ids import DIRECTORY, Id, Seq, ZoneId
from syncline.core.kinds import Kind, Space
from syncline.core.objects import Object
from syncline.services.people import contact_key, profile_object, read_contact, read_profile
from syncline.services.sync.pace import Pace
from syncline.store.contract import View

FEW: Final = 1000
"""Up to so many changed profiles are compared with the contacts; beyond that the contacts are walked."""


class Known(NamedTuple):
    """A profile and the seq at which its reader is told."""

    seq: Seq
    profile: Object


async def known_profiles(view: View, account: Id, after: Seq, until: Seq, pace: Pace) -> list[Known]:
    """The profiles to be told between two seqs, in that order. Costs what changed, or what is known."""
    own = ZoneId(account)
    found: dict[Id, Known] = {}
    met = await view.objects(own, (Kind.CONTACT,), after=after)
    changed = await view.objects(DIRECTORY, (Kind.PROFILE,), after=after, limit=FEW + 1)
    if len(changed) > FEW:
        met = await view.objects(own, (Kind.CONTACT,))
        changed = ()
    for contact in met:
        profile = await profile_object(view, read_contact(contact).person)
        if profile is not None:
            found[profile.id] = Known(max(profile.seq, contact.seq), profile)
        await pace.rest()
    for profile in changed:
        if profile.id not in found:
            bound = await view.key(Space.CONTACT, contact_key(account, read_profile(profile).person))
            # a contact met in this gap was found above, so this one is older than the profile's change
            if bound is not None:
                found[profile.id] = Known(profile.seq, profile)
            await pace.rest()
    return sorted((one for one in found.values() if after < one.seq <= until), key=lambda one: one.seq)


async def profiles_of(view: View, account: Id) -> Sequence[Object]:
    """The profiles of all that an account knows, by id."""
    found = []
    for contact in await view.objects(ZoneId(account), (Kind.CONTACT,)):
        profile = await profile_object(view, read_contact(contact).person)
        if profile is not None:
            found.append(profile)
    return sorted(found, key=lambda one: one.id)
