"""Labels as objects of their account: one for each own label, and for each system label that was configured.

A subscription holds the names of its labels. The object behind a name gives it a lasting id, a place among
the others, and where clients show it. System labels exist without an object as long as nobody changed them.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from syncline.core.errors import NotFound
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Kind, Space
from syncline.core.objects import Object
from syncline.services.labels.system import SYSTEM, System, SystemLabel, own_name, system_named
from syncline.store.contract import Tx, View

NO_LABEL: Final = "There is no such label."

REMOVED: Final = b"removed"
"""The answer of a key whose label is removed: who only asks whether a label is there reads no object."""


class LabelBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of a label's object.

    `system` is the number of the system label whose fields these are, 0 for an own label. `was`: the name
    that some conversations may still have, because the label was renamed or removed just now.
    """

    name: str
    index: int
    left_pane: bool = True
    in_recent: bool = True
    in_muted: bool = True
    system: int = 0
    removed: bool = False
    was: str | None = None


class Label(msgspec.Struct, frozen=True):
    """A label of an account. `id` is its object's, None for a system label that has none.

    `index` is its place. `left_pane`, `in_recent`, `in_muted`: where clients show its conversations.
    """

    account: Id
    id: Id | None
    system: SystemLabel | None
    body: LabelBody

    @property
    def name(self) -> str:
        """Its name, which a removed one keeps in case it is wanted again."""
        return self.body.name

    @property
    def removed(self) -> bool:
        """Whether it was taken away."""
        return self.body.removed


def label_key(account: Id, name: str) -> bytes:
    """The value under Space.LABEL that leads from (account, name) to the label's object."""
    return account.to_bytes(8, "big") + name.encode()


def read_label(object: Object) -> Label:
    """The label that lies in an object of Kind.LABEL."""
    body = msgspec.json.decode(object.body, type=LabelBody)
    return Label(Id(object.zone), object.id, SYSTEM[body.system - 1] if body.system else None, body)


def unstored(account: Id, system: SystemLabel) -> Label:
    """A system label that its account never configured."""
    return Label(
        account,
        None,
        system,
        LabelBody(
            name=system.name,
            index=int(system.number),
            left_pane=system.left_pane,
            in_recent=system.in_recent,
            in_muted=system.in_muted,
            system=int(system.number),
        ),
    )


async def label_of(view: View, account: Id, id: Id) -> Label:
    """An account's label by its object, removed ones included; raises NotFound."""
    found = await view.get([id])
    if not found or found[0].kind != Kind.LABEL or found[0].zone != account:
        raise NotFound(NO_LABEL, field="label_id")
    return read_label(found[0])


async def system_label(view: View, account: Id, number: int) -> Label:
    """One of an account's system labels, as it configured it; raises NotFound for a number that is none."""
    if not 1 <= number <= len(SYSTEM):
        raise NotFound(NO_LABEL, field="label_id")
    system = SYSTEM[number - 1]
    bound = await view.key(Space.LABEL, label_key(account, system.name))
    return unstored(account, system) if bound is None else await label_of(view, account, bound.object)


async def label_named(view: View, account: Id, name: str) -> Label | None:
    """An account's label by its name, removed ones included; names of system labels in any writing."""
    system = system_named(name)
    if system is not None:
        return await system_label(view, account, system.number)
    bound = await view.key(Space.LABEL, label_key(account, name))
    return None if bound is None else await label_of(view, account, bound.object)


async def labels_of(view: View, account: Id, *, removed: bool = False) -> list[Label]:
    """An account's labels by their place, system ones included; `removed` ones only if asked for."""
    found = [read_label(object) for object in await view.objects(ZoneId(account), [Kind.LABEL])]
    stored = {label.system.number for label in found if label.system is not None}
    found += [unstored(account, system) for system in SYSTEM if system.number not in stored]
    kept = [label for label in found if removed or not label.removed]
    return sorted(kept, key=lambda label: (label.body.index, label.body.system == 0, label.id or 0))


async def ensure(tx: Tx, account: Id, names: Iterable[str]) -> None:
    """Make the labels of these names that an account has not, or has no more; others cost one key each.

    Names that no own label can have are left out: this follows from what other protocols wrote.
    """
    for name in names:
        if not own_name(name):
            continue
        bound = await tx.key(Space.LABEL, label_key(account, name))
        if bound is None:
            await put_label(tx, account, LabelBody(name=name, index=await next_index(tx, account)))
        elif bound.answer is not None:
            known = await label_of(tx, account, bound.object)
            await put_label(tx, account, await again(tx, known), known.id)


async def again(tx: Tx, known: Label) -> LabelBody:
    """The body of a removed label that is wanted again: as it was, at the end of the others."""
    index = await next_index(tx, known.account)
    return msgspec.structs.replace(known.body, removed=False, was=None, index=index)


async def next_index(tx: Tx, account: Id) -> int:
    """The place of a new label: after the system ones, and after all that were ever made."""
    return len(System) + await tx.count(f"label/{account}")


async def put_label(tx: Tx, account: Id, body: LabelBody, id: Id | None = None) -> Label:
    """Write a label and the key of its name; writes nothing where it is so already."""
    known = () if id is None else await tx.get([id])
    fresh = tx.new_id() if id is None else id
    encoded = msgspec.json.encode(body)
    if not known:
        object = Object(id=fresh, kind=Kind.LABEL, zone=ZoneId(account), body=encoded)
        await tx.put(object, actor=account)
    elif known[0].body != encoded:
        await tx.put(msgspec.structs.replace(known[0], body=encoded), actor=account)
    answer = REMOVED if body.removed else None
    bound = await tx.key(Space.LABEL, label_key(account, body.name))
    if bound is None or (bound.object, bound.answer) != (fresh, answer):
        await tx.bind(Space.LABEL, label_key(account, body.name), fresh, answer=answer, replace=True)
    return Label(account, fresh, SYSTEM[body.system - 1] if body.system else None, body)


async def forget_label(tx: Tx, object: Object) -> None:
    """Drop a label with the keys that lead to it: its account is erased."""
    label = read_label(object)
    await tx.drop(object.id)
    for name in (label.name, label.body.was):
        if name is not None:
            await free_name(tx, label, name)


async def free_name(tx: Tx, label: Label, name: str) -> None:
    """Unbind a name that leads to this label, and not to another one that has it now."""
    bound = await tx.key(Space.LABEL, label_key(label.account, name))
    if bound is not None and bound.object == label.id:
        await tx.unbind(Space.LABEL, label_key(label.account, name))
