"""What a timer holds: the name of the act that is due, and what it needs to know."""

from typing import Any

import msgspec

from syncline.core.ids import Id
from syncline.core.objects import Timer
from syncline.store.contract import Tx


class DueAct(msgspec.Struct, frozen=True, omit_defaults=True):
    """An act that is due. `name` finds its handler; `account` is on whose behalf, erased with it."""

    name: str
    body: msgspec.Raw = msgspec.Raw(b"{}")
    account: Id | None = None


def set_timer(tx: Tx, due: int, name: str, body: Any = None, *, account: Id | None = None) -> Timer:
    """Let an act be done at a time (ms, by the server's clock); a time that has passed is due at once.

    `body` is anything that becomes JSON. Keep the timer that is returned: `tx.cancel` takes it.
    """
    raw = msgspec.Raw(msgspec.json.encode({} if body is None else body))
    act = msgspec.json.encode(DueAct(name=name, body=raw, account=account))
    return Timer(id=tx.at(due, act), due=due, act=act)


def read_act(timer: Timer) -> DueAct:
    """The act that is due; raises msgspec.DecodeError where the row is not one."""
    return msgspec.json.decode(timer.act, type=DueAct)
