"""Calls of the service that this server does not answer (yet): each says in a sentence what is missing.

The table is data, for the docs and the ledger. A call that gets an answer leaves it: `routes` passes over
what other modules serve, and a test finds what was forgotten here.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from syncline.gateways.http.answers import send_answer
from syncline.gateways.http.routes import Route
from syncline.protocols.fleep.errors import NotAvailable, told
from syncline.protocols.fleep.serving import OWNER

FILES: Final = "This server takes no files yet."
AVATARS: Final = "This server keeps no pictures of people yet."
TEAMS: Final = "This server has no teams yet; name the members one by one."
EVENTS: Final = "This server takes no lists of events yet; use the single calls."
TASKS: Final = "This server has no task lists yet; make a message a task with message/store."
SECTIONS: Final = "This server has no sections of tasks yet."
SEARCH: Final = "This server does not search conversations yet."
ALIASES: Final = "An account has one e-mail address here; further ones come later."
ADDRESSES: Final = "An account has one Fleep address here; account/configure changes it."
ORGANISATIONS: Final = "This server is one workspace and has no organisations."
PAYMENT: Final = "Nothing is paid for here."
EXTERNAL: Final = "This server is joined to no external accounts or boards."
OWN_MAIL: Final = "All mail goes out through the operator's relay; an account has no mail server of its own."
EXPORT: Final = "This server writes no archives for one conversation; its operator can export all."
SLASH: Final = "This server knows no slash commands."
MAILED: Final = "Conversations are not followed by mail here, so there is nothing to end."
CONVERT: Final = "Conversations are not converted here."

LATER: Final[Mapping[str, str]] = {
    "file/upload": FILES,
    "file/upload/{id}": FILES,
    "file/upload/external": FILES,
    "file/rename/{id}": FILES,
    "file/send/{id}": FILES,
    "avatar/upload": AVATARS,
    "avatar/delete": AVATARS,
    "team/create": TEAMS,
    "team/configure/{id}": TEAMS,
    "team/remove/{id}": TEAMS,
    "team/sync/{id}": TEAMS,
    "team/autojoin": TEAMS,
    "conversation/add_team/{id}": TEAMS,
    "conversation/remove_team/{id}": TEAMS,
    "conversation/sync_teams/{id}": TEAMS,
    "event/store": EVENTS,
    "task/list/{id}": TASKS,
    "task/create/{id}": TASKS,
    "task/done/{id}": TASKS,
    "task/todo/{id}": TASKS,
    "task/sort/{id}": TASKS,
    "task/make/{id}": TASKS,
    "task/assign/{id}": TASKS,
    "task/archive/{id}": TASKS,
    "task/activate/{id}": TASKS,
    "account/sync_taskboard": SECTIONS,
    "search": SEARCH,
    "search/prepare": SEARCH,
    "search/reset": SEARCH,
    "search/suggest": SEARCH,
    "alias/add": ALIASES,
    "alias/confirm": ALIASES,
    "alias/remove": ALIASES,
    "alias/sync": ALIASES,
    "fleep_address/add": ADDRESSES,
    "business/create": ORGANISATIONS,
    "business/configure/{id}": ORGANISATIONS,
    "business/join/{id}": ORGANISATIONS,
    "business/sync/{id}": ORGANISATIONS,
    "business/sync_changelog/{id}": ORGANISATIONS,
    "business/sync_conversations/{id}": ORGANISATIONS,
    "business/create_conversation/{id}": ORGANISATIONS,
    "business/store_conversation/{id}": ORGANISATIONS,
    "business/create_team/{id}": ORGANISATIONS,
    "business/store_team/{id}": ORGANISATIONS,
    "business/diff_team/{id}": ORGANISATIONS,
    "business/invite_team/{id}": ORGANISATIONS,
    "business/decline_invite/{id}": ORGANISATIONS,
    "business/close/{id}": ORGANISATIONS,
    "business/sync_billing/{id}": ORGANISATIONS,
    "business/reset_password/{id}": ORGANISATIONS,
    "business/avatar/upload": ORGANISATIONS,
    "business/delete_avatar/{id}": ORGANISATIONS,
    "payment/conf": PAYMENT,
    "payment/subscribe": PAYMENT,
    "external/{call:path}": EXTERNAL,
    "account/smtp/store": OWN_MAIL,
    "account/smtp/configure": OWN_MAIL,
    "mail/add": OWN_MAIL,
    "mail/store": OWN_MAIL,
    "mail/list": OWN_MAIL,
    "account/export/start": EXPORT,
    "conversation/slash_command/{id}": SLASH,
    "conversation/convert_api/{id}": CONVERT,
    "conversation/unsubscribe": MAILED,
}
"""Path below /api/ → what is missing."""

METHODS: Final = ("POST", "PUT")
"""Files are put (Fleep reference 1.1); all else is posted."""


def routes(served: Collection[str]) -> tuple[Route, ...]:
    """The routes of what is not served, whoever asks and whatever he sends."""
    return tuple(
        Route(METHODS, f"/api/{path}", _saying(sentence), OWNER, slash=not path.endswith(":path}"))
        for path, sentence in LATER.items()
        if path not in served
    )


def _saying(sentence: str) -> Callable[[Any], ASGIApp]:
    def handler(needs: object) -> ASGIApp:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            await send_answer(send, told(NotAvailable(sentence), scope["request_id"]))

        return serve

    handler.__doc__ = f"Not available: {sentence}"
    return handler
