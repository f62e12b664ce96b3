"""MessageInfo: an entry that people see, or a revision of it (reference 3.3)."""

from typing import Any, Final

from syncline.core.entries import Entry
from syncline.core.ids import Id
from syncline.core.kinds import EntryKind
from syncline.core.rooms.forms import Form, shared, stood
from syncline.protocols.fleep.naming import Names
from syncline.protocols.fleep.texts import Told

FIRST_WEIGHT: Final = 1 << 32
"""The weight of the first pin or task, and of one that another protocol made without any."""


def message(
    names: Names,
    entry: Entry,
    told: Told,
    form: Form,
    *,
    profile: str,
    author: Id,
    previous: int,
    alerts: int,
    newest: Entry | None = None,
    flow: int = 0,
) -> dict[str, Any]:
    """A message as a client gets it.

    `profile`: for whom, as clients name him. `author`: who stands for its author. `previous`: the nr of the
    one that is seen before it, 0 for none. `alerts`: how many alerting entries came before it. `newest`: its
    newest amendment that is seen. `flow`: the nr of the change that is told by this, for a revision.
    """
    record: dict[str, Any] = {
        "mk_rec_type": "message",
        "conversation_id": names.conv(entry.conv),
        "message_nr": entry.nr or 0,
        "prev_message_nr": previous,
        "profile_id": profile,
        "account_id": names.person(author),
        "mk_message_type": told.type,
        "mk_message_state": told.state,
        "message": told.message,
        "inbox_nr": entry.alert_nr or -alerts,
        "posted_time": entry.at // 1000,
        "tags": list(told.tags),
        "lock_account_id": None,
    }
    if flow:
        record["flow_message_nr"] = flow
    if newest is not None:
        record["revision_message_nr"] = newest.nr or 0
        if newest.author is not None:
            record["edit_account_id"] = names.person(newest.author)
        record["edited_time"] = newest.at // 1000
    if entry.kind in (EntryKind.MESSAGE, EntryKind.MAIL):
        _written(record, names, entry, form)
    return record


def _written(record: dict[str, Any], names: Names, entry: Entry, form: Form) -> None:
    """What only what people write has."""
    lock = form.get("lock")
    if lock:
        record["lock_account_id"] = names.person(lock["by"])
    if "deleted" in form or "erased" in form:
        return
    subject, sender = form.get("subject"), form.get("sender_name")
    if isinstance(subject, str):
        record["subject"] = subject
    if isinstance(sender, str) and sender:
        record["sender_name"] = sender
    hook = form.get("hook")
    if isinstance(hook, int) and not isinstance(hook, bool) and 0 < hook < 1 << 63:
        record["hook_key"] = names.hook_key(Id(hook))
        record["is_new_sheet"] = False
    _boarded(record, names, entry, form)
    reactions = form.get("reactions")
    if reactions or "reactions" in form:
        record["reactions"] = {
            key: [names.person(Id(int(id))) for id in people] for key, people in (reactions or {}).items()
        }
    if isinstance(form.get("previews_off"), bool):
        record["is_url_preview_disabled"] = form["previews_off"]
    edited = form.get("edited")
    if edited and (edited.get("by") != entry.author or shared(form)):
        record["is_edited_by_others"] = edited.get("by") != entry.author


def _boarded(record: dict[str, Any], names: Names, entry: Entry, form: Form) -> None:
    """What only pins and tasks have. A client that merges still has what a board gave it, so what was taken
    off one says for good that it is empty."""
    pin, task = form.get("pin"), form.get("task")
    if stood(form, "pin"):
        record["pin_weight"], record["pinned_account_id"] = 0, ""
        record["ref_message_nr"] = (entry.nr or 0) if form.get("archived") == "pin" else 0
    if pin:
        record["pin_weight"] = pin.get("weight", FIRST_WEIGHT)
        if pin.get("by") is not None:
            record["pinned_account_id"] = names.person(pin["by"])
    if stood(form, "task"):
        record["task_weight"], record["assignee_ids"], record["tasked_account_id"] = 0, [], ""
    if task:
        record["task_weight"] = task.get("weight", FIRST_WEIGHT)
        record["assignee_ids"] = names.persons(task.get("assignees", []))
        if task.get("by") is not None:
            record["tasked_account_id"] = names.person(task["by"])
