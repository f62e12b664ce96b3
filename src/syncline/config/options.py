"""The options as data: name, type, default and sentence of each, read off the sections."""

import math
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Meta
from msgspec.structs import FieldInfo, fields

from syncline.config.sections import Config, Section
from syncline.config.values import RULE, Rule, Secret

PREFIX: Final = "SYNCLINE_"
"""Every option is also a variable: SYNCLINE_SECTION_OPTION."""

RESERVED: Final[Mapping[str, str]] = {
    "SYNCLINE_CONFIG": "The configuration file, where --config does not name one.",
    "SYNCLINE_DATA": "The data directory, where --data does not name one.",
    "SYNCLINE_TRACEBACK": "Set to 1, commands show where an unexpected error came from.",
}
"""Variables that begin like options but are none."""

WORDS: Final[Mapping[object, str]] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    Path: "a path",
    Secret: "text",
}


class Option(msgspec.Struct, frozen=True):
    """One option. `type` is what msgspec checks; `kind` the same without None and constraints."""

    section: str
    name: str
    type: Any
    kind: Any
    default: Any
    optional: bool
    rule: Rule
    doc: str

    @property
    def key(self) -> str:
        """Its name with the section's: `server.port`."""
        return f"{self.section}.{self.name}"

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return f"{PREFIX}{self.section}_{self.name}".upper()

    @property
    def secret(self) -> bool:
        """Whether its value may never be shown."""
        return self.kind is Secret

    @property
    def many(self) -> bool:
        """Whether it takes a list."""
        return self.kind is tuple


def options() -> dict[str, Option]:
    """All options by key, in the order of the sections."""
    found: dict[str, Option] = {}
    for name, section in SECTIONS.items():
        for field in fields(section):
            option = _option(name, field)
            found[option.key] = option
    return found


def _option(section: str, field: FieldInfo) -> Option:
    metas: list[Meta] = []
    kind, optional = _bare(field.type, metas)
    doc = next((meta.description for meta in metas if meta.description), "")
    rule = next((meta.extra[RULE] for meta in metas if meta.extra and RULE in meta.extra), None)
    return Option(
        section=section,
        name=field.name,
        type=field.type,
        kind=kind,
        default=field.default,
        optional=optional,
        rule=rule or Rule(_words(kind, metas)),
        doc=doc,
    )


def _bare(type: Any, metas: list[Meta]) -> tuple[Any, bool]:
    """The type inside Annotated and Optional, and whether None is among it; gathers what is annotated."""
    origin = get_origin(type)
    if origin is Annotated:
        inner, *notes = get_args(type)
        metas.extend(note for note in notes if isinstance(note, Meta))
        return _bare(inner, metas)
    if origin in (Union, types.UnionType):
        inner = next(part for part in get_args(type) if part is not types.NoneType)
        return _bare(inner, metas)[0], True
    return (type if origin is Literal else origin or type), False


def _words(kind: Any, metas: list[Meta]) -> str:
    if get_origin(kind) is Literal:
        *others, last = get_args(kind)
        return f"{', '.join(others)} or {last}"
    low = next((meta.ge for meta in metas if meta.ge is not None), -math.inf)
    high = next((meta.le for meta in metas if meta.le is not None), math.inf)
    bounds = f" from {low:g} to {high:g}" if math.isfinite(low) and math.isfinite(high) else ""
    return WORDS[kind] + bounds


SECTIONS: Final[dict[str, type[Section]]] = {field.name: field.type for field in fields(Config)}
"""The sections by name, in the order of the documentation."""

OPTIONS: Final = options()
"""All options by key."""
