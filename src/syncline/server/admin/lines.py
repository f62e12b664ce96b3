"""The lines of long answers: JSON, one a line, so that progress is seen while the work goes on."""

from typing import TypeAlias

import msgspec


class Progress(msgspec.Struct, frozen=True, tag="progress", tag_field="line"):
    """How far a work is; `total` 0 while nobody knows how much there is."""

    what: str
    done: int
    total: int = 0


class Found(msgspec.Struct, frozen=True, tag="found", tag_field="line"):
    """One damage: the check that found it, and a sentence that names it."""

    check: str
    sentence: str


class Finished(msgspec.Struct, frozen=True, tag="finished", tag_field="line"):
    """The work is done; `sentence` says what it came to, `counts` in numbers."""

    sentence: str
    counts: dict[str, int] = {}


class Failed(msgspec.Struct, frozen=True, tag="failed", tag_field="line"):
    """The work was given up."""

    code: str
    message: str


Line: TypeAlias = Progress | Found | Finished | Failed


class TailLine(msgspec.Struct, frozen=True, tag="change", tag_field="line"):
    """One change as the operator sees it. `body` is empty for kinds that hold secrets."""

    seq: int
    at: int
    zone: int
    zone_kind: str
    kind: str
    id: int
    act: str
    nr: int | None
    actor: int | None
    body: msgspec.Raw = msgspec.Raw(b"{}")
