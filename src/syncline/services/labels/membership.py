"""Which labels a conversation has: those that its account gave it, and those that follow by themselves."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import msgspec

from syncline.services.labels.labels import Label
from syncline.services.labels.system import SETTABLE, System, own_name, system_named

RECENT: Final = 20
"""Conversations that Recent holds (Fleep reference 3.2)."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a conversation stands with an account, as far as labels ask for it.

    `names` are the labels of its subscription. `starred`: any of the thread's mails is, where it is mail.
    `direct`: two members and no topic. `email`: some member is only an e-mail address.
    """

    names: tuple[str, ...] = ()
    starred: bool = False
    unread: bool = False
    muted: bool = False
    hidden: bool = False
    direct: bool = False
    email: bool = False


class Given(NamedTuple):
    """What clients are told of a conversation's labels: the names that people gave, and all by identity.

    `systems` are numbers of system labels, `own` the account's own labels; both in a fixed order.
    """

    names: tuple[str, ...]
    systems: tuple[System, ...]
    own: tuple[Label, ...]


def label_names_and_ids(standing: Standing, known: Mapping[str, Label]) -> Given:
    """A conversation's labels as Fleep's records tell them (reference 3.2).

    The names are those that people gave: own labels, starred, Spam. By identity 1:1 comes in addition, while
    Unread, Recent, Muted, Archived and Email are never told. `known`: the account's own labels by name.
    """
    given = settable(standing)
    systems = sorted({*given, System.DIRECT} if standing.direct else given)
    own = [known[name] for name in sorted(standing.names) if name in known and own_name(name)]
    own = [label for label in own if not label.removed]
    names = [_SPELLED[number] for number in sorted(given)] + [label.name for label in own]
    return Given(tuple(names), tuple(systems), tuple(own))


def settable(standing: Standing) -> set[System]:
    """Which of the labels that people set, but that are the system's, a conversation has."""
    found = {
        system.number for name in standing.names if (system := system_named(name)) is not None
    } & SETTABLE
    if standing.starred:
        found.add(System.STARRED)
    return found


def in_system(number: System, standing: Standing) -> bool:
    """Whether a conversation belongs to a system label. Of Recent: whether it could; it holds the newest."""
    match number:
        case System.STARRED | System.SPAM:
            return number in settable(standing)
        case System.UNREAD:
            return standing.unread
        case System.MUTED:
            return standing.muted
        case System.DIRECT:
            return standing.direct
        case System.ARCHIVED:
            return standing.hidden
        case System.EMAIL:
            return standing.email
        case System.RECENT:
            starred = System.STARRED in settable(standing)
            return not (standing.hidden or standing.muted or starred)


def by_name(labels: Iterable[Label]) -> dict[str, Label]:
    """An account's own labels by name, as `label_names_and_ids` wants them.

    One that is being renamed stands under both names: its conversations are renamed one after the other.
    """
    own = [label for label in labels if label.system is None and not label.removed]
    before = {label.body.was: label for label in own if label.body.was is not None}
    return before | {label.name: label for label in own}


_SPELLED: Final = {System.STARRED: "starred", System.SPAM: "Spam"}
