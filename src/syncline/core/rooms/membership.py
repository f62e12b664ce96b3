"""Who may change whose membership: each rule returns in silence, or raises Forbidden with the reason.

The order and the content of the checks are those of Matrix room versions 10 and 11. `check_add` is ours: a
person is made a member without being asked, as Fleep does; who may invite may add.
"""

from syncline.core.errors import Forbidden, Invalid, NotMember
from syncline.core.ids import Id
from syncline.core.rooms.rules import JoinRule, Membership, Rules

_OPEN_TO_KNOCKS = frozenset({JoinRule.KNOCK, JoinRule.KNOCK_RESTRICTED})
_RESTRICTED = frozenset({JoinRule.RESTRICTED, JoinRule.KNOCK_RESTRICTED})


def check_join(rules: Rules, person: Id, *, allowed: bool = False) -> None:
    """Whether a person may join by himself; `allowed`: it fulfils an allow rule of a restricted room."""
    standing = rules.membership(person)
    if standing is Membership.BAN:
        raise Forbidden("You are banned from this conversation.")
    if standing in (Membership.JOIN, Membership.INVITE) or rules.join_rule is JoinRule.PUBLIC:
        return
    if allowed and rules.join_rule in _RESTRICTED:
        return
    raise Forbidden("You need an invitation to join this conversation.")


def check_invite(rules: Rules, actor: Id, person: Id) -> None:
    """Whether a member may invite a person."""
    _check_bring(rules, actor, person, "invite")


def check_add(rules: Rules, actor: Id, person: Id) -> None:
    """Whether a member may make a person a member without asking it."""
    _check_bring(rules, actor, person, "add")


def check_knock(rules: Rules, person: Id) -> None:
    """Whether a person may ask to be let in."""
    standing = rules.membership(person)
    if standing is Membership.BAN:
        raise Forbidden("You are banned from this conversation.")
    if standing in (Membership.JOIN, Membership.INVITE):
        raise Forbidden("You need not ask: you are a member or invited already.")
    if rules.join_rule not in _OPEN_TO_KNOCKS:
        raise Forbidden("This conversation does not take requests to join.")


def check_leave(rules: Rules, person: Id) -> None:
    """Whether a person may leave, turn down its invitation, or take back its request."""
    if rules.membership(person) not in (Membership.JOIN, Membership.INVITE, Membership.KNOCK):
        raise NotMember("You are not a member of this conversation.")


def check_kick(rules: Rules, actor: Id, person: Id) -> None:
    """Whether a member may remove a person, take back its invitation, or turn down its request."""
    rules.require_joined(actor)
    if actor == person:
        raise Invalid("You cannot remove yourself; leave the conversation.")
    if rules.membership(person) not in (Membership.JOIN, Membership.INVITE, Membership.KNOCK):
        raise Forbidden("That person is not in this conversation.")
    if rules.level(actor) < rules.needs.kick:
        raise Forbidden("You may not remove members from this conversation.")
    if not rules.needs.peers:
        _check_above(rules, actor, person)


def check_ban(rules: Rules, actor: Id, person: Id) -> None:
    """Whether a member may ban a person, member or not."""
    rules.require_joined(actor)
    if rules.level(actor) < rules.needs.ban:
        raise Forbidden("You may not ban anybody from this conversation.")
    _check_above(rules, actor, person)


def check_unban(rules: Rules, actor: Id, person: Id) -> None:
    """Whether a member may lift a ban: needs the level to ban and the level to kick."""
    rules.require_joined(actor)
    if rules.membership(person) is not Membership.BAN:
        raise Forbidden("That person is not banned.")
    if rules.level(actor) < max(rules.needs.ban, rules.needs.kick):
        raise Forbidden("You may not lift a ban in this conversation.")
    _check_above(rules, actor, person)


def _check_bring(rules: Rules, actor: Id, person: Id, verb: str) -> None:
    rules.require_joined(actor)
    standing = rules.membership(person)
    if standing is Membership.BAN:
        raise Forbidden("That person is banned from this conversation.")
    if standing is Membership.JOIN:
        raise Forbidden("That person is a member already.")
    if rules.level(actor) < rules.needs.invite:
        raise Forbidden(f"You may not {verb} anybody to this conversation.")


def _check_above(rules: Rules, actor: Id, person: Id) -> None:
    if rules.level(actor) <= rules.level(person):
        raise Forbidden("You may not do this to somebody who stands as high as you or higher.")
