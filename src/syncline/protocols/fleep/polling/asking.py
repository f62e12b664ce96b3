"""What a poll asks. The usual form is decoded in one step: this is the hot path."""

from typing import Annotated, Final

import msgspec

from syncline.core.errors import Invalid
from syncline.protocols.fleep.fields import LARGEST_NUMBER, Fields

FLAGS: Final = frozenset({"skip_hidden", "skip_rest"})


Horizon = Annotated[int, msgspec.Meta(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)]


class Ask(msgspec.Struct, frozen=True, gc=False):
    """One request for events. Unknown flags are passed over, as unknown fields are."""

    ticket: str | None = None
    event_horizon: Horizon | None = None
    wait: bool | None = True
    poll_flags: tuple[str, ...] | None = None
    api_version: int | str | None = None
    download_url: str | None = None

    @property
    def horizon(self) -> int:
        """The horizon that the client stands at; not given, or null: none yet."""
        return self.event_horizon or 0

    @property
    def waits(self) -> bool:
        """Whether it waits while there is nothing: `null` counts as not given."""
        return self.wait is not False

    def flag(self, name: str) -> bool:
        """Whether one of `poll_flags` is set."""
        return self.poll_flags is not None and name in self.poll_flags

    @property
    def edits(self) -> bool:
        """Whether messages get `is_edit`: clients without an api_version expect it (reference 3.3)."""
        return self.api_version is None

    @property
    def version(self) -> int | None:
        """The api_version, None where it says none that is a number."""
        said = self.api_version
        if isinstance(said, str):
            said = int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None
        return said if said is not None and 0 <= said < 10**9 else None


_decode: Final = msgspec.json.Decoder(Ask).decode


def read_ask(body: bytes) -> Ask:
    """A poll's body; raises Invalid with the name of what is wrong."""
    try:
        return _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _tolerant(Fields.parse(body))


def _tolerant(fields: Fields) -> Ask:
    """The same field by field: numbers as text, flags as a text, and all that is wrong by its name."""
    flags = fields.raw("poll_flags")
    if isinstance(flags, str):
        flags = [flags]
    if flags is not None and not (isinstance(flags, list) and all(isinstance(one, str) for one in flags)):
        raise Invalid("poll_flags is a list of texts.", field="poll_flags")
    version = fields.raw("api_version")
    if version is not None and type(version) is not int:
        version = str(version)
    return Ask(
        ticket=fields.text("ticket"),
        event_horizon=fields.number("event_horizon"),
        wait=fields.flag("wait", True),
        poll_flags=None if flags is None else tuple(flags),
        api_version=version,
        download_url=fields.text("download_url"),
    )
