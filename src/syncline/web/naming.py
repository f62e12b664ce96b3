"""How one account calls persons and conversations, as far as it may know them."""

import msgspec

from syncline.core.errors import NotFound
from syncline.core.ids import Id
from syncline.core.kinds import Space
from syncline.core.rooms import facts
from syncline.core.rooms.rules import Membership, membership_of
from syncline.services.conversations.grants import ACQUAINTED
from syncline.services.conversations.visibility import Sight
from syncline.services.people import contact_key, profile_of, read_contact
from syncline.store.contract import View
from syncline.web.wording import NAMED, SOMEBODY, listed, short

YOU = "You"


class Naming:
    """Names for one view of one account; each is read once."""

    def __init__(self, view: View, account: Id) -> None:
        """Begin with the account itself, who is `You`."""
        self._view = view
        self._account = account
        self._persons: dict[Id, str] = {account: YOU}
        self._conversations: dict[Id, str] = {}

    def known(self, person: Id) -> str:
        """A name that was read before."""
        return self._persons.get(person, SOMEBODY)

    async def person(self, person: Id, seen: Sight) -> str:
        """What the account calls a person of a conversation that it is in: its own name, the profile's, or
        (in large conversations not everybody knows everybody) the one that the person is a member under."""
        name = self._persons.get(person)
        if name is None:
            name = await self._contact(person) or await self._member(person, seen)
            self._persons[person] = name = short(name, 60) or SOMEBODY
        return name

    async def conversation(self, seen: Sight) -> str:
        """What a conversation that the account is in is called, without a name by who is in it."""
        name = self._conversations.get(seen.zone.id)
        if name is None:
            self._conversations[seen.zone.id] = name = await self._called(seen)
        return name

    async def _called(self, seen: Sight) -> str:
        zone = seen.zone
        if zone.owner == self._account:
            return "your mailbox"
        fact = await self._view.fact(zone.id, facts.NAME, "")
        name = None if fact is None else msgspec.json.decode(fact.content).get("name")
        if isinstance(name, str) and name.strip():
            return short(name, 80)
        if zone.joined + zone.invited > ACQUAINTED:
            return "a conversation without a name"
        members = [
            facts.person_of(fact.name)
            for fact in await self._view.state(zone.id, types=(facts.MEMBER,))
            if membership_of(fact.content) in (Membership.JOIN, Membership.INVITE)
        ]
        others = [person for person in members if person != self._account]
        if not others:
            return "a conversation of your own"
        names = [await self.person(person, seen) for person in others[:NAMED]]
        return f"a conversation with {listed(names, len(others) - len(names))}"

    async def _contact(self, person: Id) -> str | None:
        bound = await self._view.key(Space.CONTACT, contact_key(self._account, person))
        found = [] if bound is None else await self._view.get([bound.object])
        if not found:
            return None
        try:
            profile = await profile_of(self._view, person)
        except NotFound:
            return read_contact(found[0]).name
        return read_contact(found[0]).name or profile.name or profile.email

    async def _member(self, person: Id, seen: Sight) -> str:
        fact = await self._view.fact(seen.zone.id, facts.MEMBER, facts.person_name(person))
        if fact is None:
            return ""
        name = msgspec.json.decode(fact.content).get("displayname")
        if isinstance(name, str) and name:
            return name
        try:  # one who left is a member under no name any more
            return (await profile_of(self._view, person)).name
        except NotFound:
            return ""
