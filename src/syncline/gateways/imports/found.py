"""A mail as it was found: its bytes, and what the place where it lay says of it."""

import msgspec


class Place(msgspec.Struct, frozen=True, array_like=True):
    """What a place says of the mails in it: a folder, the name of a file of a Maildir, or nothing.

    `state` None: the place does not know; the mail's own headers may. `inbox`: its mails belong there unless
    their headers say otherwise.
    """

    labels: tuple[str, ...] = ()
    state: tuple[str, ...] | None = None
    inbox: bool = True


NOWHERE = Place()
"""A file given by its name: nothing is known of its mails."""


class Found(msgspec.Struct, frozen=True, gc=False):
    """A mail on its way in, not read yet."""

    raw: bytes
    place: Place = NOWHERE
