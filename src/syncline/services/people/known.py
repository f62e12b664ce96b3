"""Profiles in memory, kept true by the commits: names are asked for with every message."""

from collections import OrderedDict
from typing import Final

from syncline.core.ids import Id
from syncline.core.kinds import Kind
from syncline.services.people.profiles import Profile, profile_object, read_profile
from syncline.store.commit import Commit
from syncline.store.contract import Store, View

CAPACITY: Final = 20_000
"""Profiles remembered: about 0.5 KB each."""


class KnownProfiles:
    """The profiles that were asked for lately."""

    def __init__(self, store: Store, capacity: int = CAPACITY) -> None:
        """Listen to this store until `close`."""
        self._profiles: OrderedDict[Id, Profile] = OrderedDict()
        self._capacity = capacity
        self._changed = store.head
        """the newest commit that changed any profile: what was read before it is not kept"""
        self._head = store.head
        self._end = store.watch(self._heard)

    def close(self) -> None:
        """Stop listening."""
        self._end()

    def known(self, person: Id) -> Profile | None:
        """A person's profile if it is in memory: no SQL."""
        return self._profiles.get(person)

    async def of(self, view: View, person: Id) -> Profile:
        """A person's profile, at least as new as the view; an empty one for who is not known here."""
        if view.head <= self._head and (found := self._profiles.get(person)) is not None:
            return found
        object = await profile_object(view, person)
        if object is None:
            return Profile(person=person)
        profile = read_profile(object)
        if view.head >= self._changed:
            self._profiles[person] = profile
            if len(self._profiles) > self._capacity:
                self._profiles.popitem(last=False)
        return profile

    def _heard(self, commit: Commit) -> None:
        self._head = commit.seq
        if not any(change.kind == Kind.PROFILE for change in commit.changes):
            return
        self._changed = commit.seq
        if not commit.complete:
            self._profiles.clear()
            return
        for object in commit.objects.values():
            if object.kind == Kind.PROFILE:
                profile = read_profile(object)
                if profile.person in self._profiles:
                    self._profiles[profile.person] = profile
