"""Who may write, set facts and amend: each rule returns in silence, or raises Forbidden with the reason."""

from typing import Final

from syncline.core.errors import Forbidden
from syncline.core.ids import Id
from syncline.core.rooms import facts
from syncline.core.rooms.levels import MODERATOR
from syncline.core.rooms.rules import Rules

REDACTION: Final = "m.room.redaction"
REACTION: Final = "m.reaction"


def check_send(rules: Rules, actor: Id, type: str = facts.MESSAGE) -> None:
    """Whether a member may add an entry of this type."""
    rules.require_joined(actor)
    if rules.level(actor) < rules.needs.to_send(type):
        raise Forbidden("You may not write in this conversation.")


def check_set(rules: Rules, actor: Id, type: str, name: str = "", *, own_name: str = "") -> None:
    """Whether a member may set a fact; memberships have their own rules.

    A name that begins with `@` belongs to the user with this id: `own_name` is the actor's in the protocol
    that speaks of it.
    """
    rules.require_joined(actor)
    if type in (facts.CREATE, facts.MEMBER, facts.BOARD):
        raise Forbidden("This fact cannot be set by hand.")
    if name.startswith("@") and name != own_name:
        raise Forbidden("A fact named after a user can only be set by this user.")
    if rules.level(actor) < rules.needs.to_set(type):
        raise Forbidden(f"You may not change {_WORDS.get(type, 'this')} of the conversation.")


def check_edit(rules: Rules, actor: Id, author: Id | None, *, shared: bool) -> None:
    """Whether a member may edit an entry: its author may, and anybody once it is shared (pinned, a task)."""
    check_send(rules, actor)
    if actor != author and not shared:
        raise Forbidden("Only its author may edit this message.")


def check_delete(rules: Rules, actor: Id, author: Id | None) -> None:
    """Whether a member may delete an entry: its own, or anybody's with the level to redact."""
    check_send(rules, actor, REDACTION)
    if actor != author and rules.level(actor) < rules.needs.redact:
        raise Forbidden("You may not delete messages of others here.")


def check_erase(rules: Rules, actor: Id, author: Id | None) -> None:
    """Whether a member may overwrite an entry for ever: its own, or as a moderator.

    Where everybody may delete (Fleep), erasing what others wrote still needs level 50: it cannot be undone.
    """
    rules.require_joined(actor)
    if actor != author and rules.level(actor) < max(rules.needs.redact, MODERATOR):
        raise Forbidden("You may not erase messages of others here.")


def check_pin(rules: Rules, actor: Id) -> None:
    """Whether a member may pin, unpin, and make tasks: what the level of the list of pins says."""
    check_set(rules, actor, facts.PINNED)


_WORDS: Final = {
    facts.NAME: "the name",
    facts.TOPIC: "the topic",
    facts.AVATAR: "the picture",
    facts.POWER_LEVELS: "the levels",
    facts.JOIN_RULES: "the rules for joining",
    facts.HISTORY_VISIBILITY: "who may read the history",
    facts.PINNED: "the pins",
    facts.OPTIONS: "the options",
}
