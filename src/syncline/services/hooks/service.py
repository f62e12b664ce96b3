"""The service: hooks of conversations, each act in a work or view of its own."""

from collections.abc import Sequence

from syncline.core.errors import Invalid, TooLarge
from syncline.core.ids import Id, ZoneId
from syncline.services.conversations import Answer, Request
from syncline.services.conversations.access import present
from syncline.services.hooks import acts, posting
from syncline.services.hooks.acts import Changed
from syncline.services.hooks.hook import Hook, Sending, hook_of, hooks_of, sending_of
from syncline.services.hooks.posting import AT_ONCE, MOST, Posted
from syncline.store.contract import Store, Tx, Written


class Hooks:
    """Addresses through which other systems write into conversations, and hear what is said there."""

    def __init__(self, store: Store) -> None:
        """Work on this store."""
        self._store = store

    async def create(
        self,
        account: Id,
        conv: ZoneId,
        *,
        name: str | None = None,
        type: str = "plain",
        url: str = "",
        request: Request | None = None,
    ) -> Written[Changed]:
        """Make a hook (see `acts.create`)."""
        return await self._store.write(
            lambda tx: acts.create(tx, account, conv, name=name, type=type, url=url, request=request)
        )

    async def configure(
        self,
        account: Id,
        conv: ZoneId,
        id: Id,
        *,
        name: str | None = None,
        url: str | None = None,
        disabled: bool | None = None,
    ) -> Written[Changed]:
        """Change a hook (see `acts.configure`)."""
        return await self._store.write(
            lambda tx: acts.configure(tx, account, conv, id, name=name, url=url, disabled=disabled)
        )

    async def drop(self, account: Id, conv: ZoneId, id: Id) -> Written[Changed]:
        """Delete a hook (see `acts.drop`)."""
        return await self._store.write(lambda tx: acts.drop(tx, account, conv, id))

    async def get(self, id: Id) -> Hook:
        """A hook by its id, whoever asks; raises NotFound."""
        async with self._store.view() as view:
            return await hook_of(view, id)

    async def show(self, account: Id, conv: ZoneId) -> list[tuple[Hook, Sending | None]]:
        """All hooks of a conversation for a member, with the private side of those that are its own.

        Raises NotFound, NotMember.
        """
        async with self._store.view() as view:
            zone, _ = await present(view, account, conv)
            hooks = await hooks_of(view, zone.id)
            return [(hook, await sending_of(view, hook) if hook.owner == account else None) for hook in hooks]

    async def post(self, id: Id, posted: Posted) -> Written[Answer]:
        """Write a message through a hook (see `posting.post`)."""
        return await self._store.write(lambda tx: posting.post(tx, id, posted))

    async def bring_in(self, id: Id, messages: Sequence[Posted], *, read: bool = False) -> int:
        """Take in up to MOST messages in a chain of works; returns how many were added or changed.

        All are checked before the first is written. Broken off in the middle, it may be sent again: those
        with a key are not doubled.
        """
        if len(messages) > MOST:
            raise TooLarge(f"At most {MOST} messages are taken at once.", field="messages")
        if not messages:
            raise Invalid("There are no messages in it.", field="messages")
        for message in messages:
            posting.checked(message)
        done = 0
        for start in range(0, len(messages), AT_ONCE):
            some = messages[start : start + AT_ONCE]

            async def work(tx: Tx, some: Sequence[Posted] = some) -> int:
                return await posting.bring_in(tx, id, some, read=read)

            done += (await self._store.write(work)).value
        return done
