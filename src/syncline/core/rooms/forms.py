"""Forms: what amendments make of an entry. A pure fold, so that any reader's form can be made again.

The core form of a message is a JSON object. Its writer's keys are his own (`text`, `mentions`, `type`,
`content` …); the keys of `RESERVED` are written by amendments alone, and stand beside them:

* `edited` `{by, at}` · `deleted` `{by, at, reason?}` · `erased` true
* `pin` `{by, at, weight?}` · `task` `{by, at, state: "todo" | "done", assignees?, weight?}`
* `archived` "pin" or "task": it was one once, and stays shared
* `stood` `{"pin": true, "task": "todo" | "done"}`: the boards that it was ever taken off, and how
* `lock` `{by, until}`, `until` in ms · `reactions` `{key: {person: id of the reaction}}`
* `withdrawn` `[id of an edit, …]`: edits that were taken back

So do those of `HOOKED`, by which a message says that it came through a hook, whoever edits it later:

* `hook` the hook's id · `sender_name` whom the other system names as its writer
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from syncline.core.entries import ERASED, Entry
from syncline.core.errors import Invalid
from syncline.core.kinds import Rel
from syncline.core.nesting import parse_object

HOOKED: Final = frozenset({"hook", "sender_name"})
"""Keys of what came through a hook: nobody else may write in another's name."""

RESERVED: Final = HOOKED | {
    "edited",
    "deleted",
    "erased",
    "pin",
    "task",
    "archived",
    "stood",
    "lock",
    "reactions",
    "withdrawn",
}
"""Keys that no writer may use in what it sends."""

Form = dict[str, Any]

_decode = msgspec.json.Decoder(dict[str, Any]).decode


def read_form(body: bytes) -> Form:
    """A stored body or form as an object."""
    return _decode(body)


def parse_body(body: bytes, field: str = "body") -> Form:
    """Check what somebody wants to write: a JSON object without reserved keys; raises Invalid, TooLarge."""
    content = parse_object(body, "This is not a JSON object.", field=field)
    taken = sorted(RESERVED & content.keys())
    if taken:
        by = "hooks" if taken[0] in HOOKED else "amendments"
        raise Invalid(f"The key {taken[0]} is written by {by} only.", field=field)
    return content


def shared(form: Form) -> bool:
    """Whether anybody may edit it: it is, or was, pinned or a task (Fleep's `is_shared`)."""
    return "pin" in form or "task" in form or "archived" in form


def on_board(form: Form) -> bool:
    """Whether it stands on the pinboard or taskboard, archived ones included (as Fleep shows them)."""
    return shared(form)


def stood(form: Form, board: str) -> bool:
    """Whether it was ever taken off a board ("pin", "task"): who merges forms has to be told so for good."""
    return form.get("archived") == board or board in form.get("stood", {})


def deleted(form: Form) -> bool:
    """Whether its content is gone."""
    return "deleted" in form


def erased(entry: Entry) -> bool:
    """Whether its content was overwritten for ever, which every reader is shown at once."""
    return entry.body == ERASED and entry.form is not None


def amended(form: Form, amendment: Entry) -> Form:
    """The form after one more amendment. An amendment whose own body was erased changes nothing."""
    if amendment.rel is None or (amendment.body == ERASED and amendment.rel in _NEEDS_BODY):
        return form
    step = _STEPS.get(amendment.rel)
    return form if step is None else step(form, amendment, read_form(amendment.body))


def replayed(entry: Entry, amendments: Iterable[Entry]) -> Entry:
    """The entry as only these of its amendments (in seq order) made it."""
    form = read_form(entry.body)
    untouched = True
    for amendment in amendments:
        form, untouched = amended(form, amendment), False
    return msgspec.structs.replace(entry, form=None if untouched else msgspec.json.encode(form))


def _by(amendment: Entry) -> Form:
    return {"by": amendment.author, "at": amendment.at}


def _edit(form: Form, amendment: Entry, body: Form) -> Form:
    kept = {key: form[key] for key in RESERVED & form.keys() if key != "lock"}
    result = {**body.get("content", {}), **kept, "edited": _by(amendment)}
    if "redacts" in body:
        result["withdrawn"] = [*kept.get("withdrawn", ()), body["redacts"]]
    return result


def _delete(form: Form, amendment: Entry, body: Form) -> Form:
    result: Form = {"type": form["type"]} if "type" in form else {}
    result["deleted"] = {**_by(amendment), **({"reason": body["reason"]} if "reason" in body else {})}
    return result


def _erase(form: Form, amendment: Entry, body: Form) -> Form:
    return {"deleted": _by(amendment), "erased": True}


def _pin(form: Form, amendment: Entry, body: Form) -> Form:
    kept = {key: value for key, value in form.items() if key != "archived"}
    return {**kept, "pin": {**_by(amendment), **body}}


def _unpin(form: Form, amendment: Entry, body: Form) -> Form:
    kept = {key: value for key, value in form.items() if key != "pin"}
    return {**kept, "archived": "pin", "stood": {**form.get("stood", {}), "pin": True}}


def _task(form: Form, amendment: Entry, body: Form) -> Form:
    kept = {key: value for key, value in form.items() if key not in ("task", "archived")}
    if body.get("state") is None:
        last = form.get("task", {}).get("state", "todo")
        return {**kept, "archived": "task", "stood": {**form.get("stood", {}), "task": last}}
    return {**kept, "task": {**form.get("task", {}), **_by(amendment), **body}}


def _react(form: Form, amendment: Entry, body: Form) -> Form:
    reactions = dict(form.get("reactions", {}))
    reactions[body["key"]] = {**reactions.get(body["key"], {}), str(amendment.author): amendment.id}
    return {**form, "reactions": reactions}


def _unreact(form: Form, amendment: Entry, body: Form) -> Form:
    reactions = {
        key: {person: id for person, id in people.items() if id != body["redacts"]}
        for key, people in form.get("reactions", {}).items()
    }
    reactions = {key: people for key, people in reactions.items() if people}
    # kept when nothing is left: who merges forms has to be told that the last one went
    return {**form, "reactions": reactions}


def _lock(form: Form, amendment: Entry, body: Form) -> Form:
    kept = {key: value for key, value in form.items() if key != "lock"}
    until = body.get("until", 0)
    return {**kept, "lock": {"by": amendment.author, "until": until}} if until else kept


def _members(form: Form, amendment: Entry, body: Form) -> Form:
    return {**form, "members": [*form.get("members", ()), *body.get("persons", ())]}


_NEEDS_BODY: Final = frozenset({Rel.EDIT, Rel.REACTION, Rel.UNREACT, Rel.TASK, Rel.LOCK, Rel.MEMBERS})
_STEPS: Final[dict[Rel, Callable[[Form, Entry, Form], Form]]] = {
    Rel.EDIT: _edit,
    Rel.DELETE: _delete,
    Rel.ERASE: _erase,
    Rel.PIN: _pin,
    Rel.UNPIN: _unpin,
    Rel.TASK: _task,
    Rel.REACTION: _react,
    Rel.UNREACT: _unreact,
    Rel.LOCK: _lock,
    Rel.MEMBERS: _members,
}
