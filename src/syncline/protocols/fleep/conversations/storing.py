"""conversation/store: the one call for all changes of a conversation; only what is given changes."""

from typing import Final

from syncline.core.errors import Invalid
from syncline.protocols.fleep.conversations.changing import Change, change
from syncline.protocols.fleep.conversations.creating import LIST, TYPES
from syncline.protocols.fleep.conversations.people import Named, named_in
from syncline.protocols.fleep.errors import NotAvailable
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.labels import label_names
from syncline.protocols.fleep.later import TEAMS
from syncline.protocols.fleep.muting import level_in
from syncline.protocols.fleep.serving import Call, Reply, Spec, known_word
from syncline.protocols.fleep.writing import opened, topic_in
from syncline.services.labels.giving import newest_mail
from syncline.services.overviews import Overview
from syncline.store.contract import View

ADMINS_DELETE: Final = "A conversation cannot be deleted for all; remove the members."

TEAM_FIELDS: Final = ("add_team_ids", "remove_team_ids", "disclose_team_ids")

OPTION_FIELDS: Final = {
    "is_autojoin": "autojoin",
    "is_disclose": "disclose",
    "is_url_preview_disabled": "previews_off",
    "is_list": "list",
}


async def store(fleep: Fleep, call: Call) -> Reply:
    """Change what is given: see reference 2.4 for the fields, older names among them."""
    fields = call.fields
    if any(fields.texts(name) for name in TEAM_FIELDS):
        raise NotAvailable(TEAMS)
    if fields.flag("is_deleted_by_admin"):
        raise NotAvailable(ADMINS_DELETE)
    of = await opened(fleep, call)
    async with fleep.store.view() as view:
        wanted = await _asked(fleep, view, call, of)
    return await change(fleep, call, of, wanted)


async def _asked(fleep: Fleep, view: View, call: Call, of: Overview) -> Change:
    fields = call.fields
    labels = None
    star = None
    if fields.has("labels") or fields.has("label_ids"):
        names, ids = fields.texts("labels"), fields.texts("label_ids")
        labels = await label_names(fleep, view, call.account, names=names, ids=ids)
        star = await newest_mail(view, call.account, of.conv)
    promote, demote = await _admins(fleep, view, call, of)
    read, hide = fields.number("read_message_nr"), fields.number("hide_message_nr")
    if hide is not None and hide < 0:
        raise Invalid("hide_message_nr is 0 or the number of a message.", field="hide_message_nr")
    return Change(
        topic=topic_in(call),
        options=_options(call),
        managed=fields.flag("is_managed"),
        promote=promote,
        demote=demote,
        add=await named_in(fleep, view, call, ["add_emails"], ["add_account_ids", "add_ids"]),
        disclose=await named_in(
            fleep, view, call, ["disclose_emails"], ["disclose_account_ids", "disclose_ids"]
        ),
        remove=await named_in(
            fleep,
            view,
            call,
            ["remove_emails"],
            ["remove_account_ids", "kick_account_ids", "remove_ids"],
            known=True,
        ),
        labels=labels,
        star=star,
        alerts=level_in(call),
        snooze=fields.number("snooze_interval"),
        read=read,
        hide=hide,
        deleted=fields.flag("is_deleted"),
        leave=fields.flag("can_post") is False,
    )


def _options(call: Call) -> dict[str, bool]:
    given = {option: call.fields.flag(field) for field, option in OPTION_FIELDS.items()}
    kind = known_word(call.fields.text("mk_conv_type"), TYPES, "mk_conv_type")
    if kind is not None:
        given["list"] = kind == LIST
    return {name: on for name, on in given.items() if on is not None}


async def _admins(fleep: Fleep, view: View, call: Call, of: Overview) -> tuple[list[Named], list[Named]]:
    """Who becomes an admin and who is none any more; the older `admins` names all who are to be."""
    promote = await named_in(fleep, view, call, [], ["add_admins"])
    demote = await named_in(fleep, view, call, [], ["remove_admins"])
    if call.fields.texts("admins") is not None:
        all = await named_in(fleep, view, call, [], ["admins"])
        now = [Named(person) for person in of.common.admins]
        promote += [one for one in all if one not in now]
        demote += [one for one in now if one not in all]
    return promote, demote


CALLS: Final = (Spec("conversation/store", store, on_id=True),)
