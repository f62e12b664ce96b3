"""Profiles of the persons that an account knows. They lie in the directory, and are shown through contacts.

A profile's position is the newer of its own change and its contact's: getting to know somebody shows the
profile however old it is.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from syncline.core.ids import DIRECTORY, Id, Seq, ZoneId
from syncline.core.kinds import Kind, Space
from syncline.core.objects import Object
from syncline.services.people import contact_key, profile_object, read_contact, read_profile
from syncline.services.sync.pace import Pace
from syncline.store.contract import View

FEW: Final = 1000
"""Up to so many changed profiles are compared with the contacts, or contacts with the profiles."""


class Known(NamedTuple):
    """A profile and the seq at which its reader is told."""

    seq: Seq
    profile: Object


async def known_profiles(
    view: View, account: Id, after: Seq, until: Seq | None, limit: int | None, pace: Pace
) -> tuple[list[Known], Seq | None]:
    """The profiles to be told between two seqs (None: to the head), and up to where these are all.

    Looks at `limit` contacts and FEW changed profiles at most, each judged where it stands; where far more
    profiles changed than the account knows, it walks its contacts instead.
    """
    own = ZoneId(account)
    met = await view.objects(own, (Kind.CONTACT,), after=after, until=until, limit=limit)
    upto = met[-1].seq if limit is not None and len(met) >= limit else None
    high = until if upto is None else upto
    most = None if limit is None else FEW + 1
    changed = await view.objects(DIRECTORY, (Kind.PROFILE,), after=after, until=high, limit=most)
    if len(changed) > FEW:
        contacts = await view.objects(own, (Kind.CONTACT,), limit=FEW + 1)
        if len(contacts) <= FEW:
            found = await _of_contacts(view, contacts, pace)
            return [one for one in found if after < one.seq and (high is None or one.seq <= high)], upto
        if most is not None:
            upto = changed[-1].seq
            met = [contact for contact in met if contact.seq <= upto]
    places = {contact.seq for contact in met}
    found = [one for one in await _of_contacts(view, met, pace) if one.seq in places]
    for profile in changed:
        bound = await view.key(Space.CONTACT, contact_key(account, read_profile(profile).person))
        # met after the profile's change, it is told where it was met
        if bound is not None and all(one.seq < profile.seq for one in await view.get([bound.object])):
            found.append(Known(profile.seq, profile))
        await pace.rest()
    return sorted(found, key=lambda one: one.seq), upto


async def _of_contacts(view: View, contacts: Iterable[Object], pace: Pace) -> list[Known]:
    """The profiles of these contacts, in the order of their places."""
    found = []
    for contact in contacts:
        profile = await profile_object(view, read_contact(contact).person)
        if profile is not None:
            found.append(Known(max(profile.seq, contact.seq), profile))
        await pace.rest()
    return sorted(found, key=lambda one: one.seq)


async def profiles_of(view: View, account: Id) -> Sequence[Object]:
    """The profiles of all that an account knows, by id."""
    found = []
    for contact in await view.objects(ZoneId(account), (Kind.CONTACT,)):
        profile = await profile_object(view, read_contact(contact).person)
        if profile is not None:
            found.append(profile)
    return sorted(found, key=lambda one: one.id)
