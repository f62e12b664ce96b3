"""The routes of this protocol, as the server sees them."""

from typing import Final

from syncline.gateways.http.routes import Part, Route
from syncline.protocols.fleep import (
    account,
    account_sync,
    classificators,
    contacts,
    conversations,
    hangouts,
    labels,
    later,
    messages,
    system,
)
from syncline.protocols.fleep.errors import refusal
from syncline.protocols.fleep.hooks import calls as hooks
from syncline.protocols.fleep.hooks import incoming
from syncline.protocols.fleep.polling import beginning
from syncline.protocols.fleep.polling.listening import listen
from syncline.protocols.fleep.polling.poll import poll
from syncline.protocols.fleep.serving import OWNER, SMALL, Spec, path_of, routes
from syncline.protocols.fleep.syncing import boards, sync
from syncline.protocols.fleep.syncing import listing as lists

CALLS: Final[tuple[Spec, ...]] = (
    *account_sync.CALLS,
    *conversations.CALLS,
    *messages.CALLS,
    *labels.CALLS,
    *sync.CALLS,
    *boards.CALLS,
    *lists.CALLS,
    *beginning.CALLS,
    *account.CALLS,
    *contacts.CALLS,
    *system.CALLS,
    *classificators.CALLS,
    *hooks.CALLS,
    *hangouts.CALLS,
)
"""Every ordinary call. Each module lists its own."""

POLLS: Final = (
    Route(("POST",), "/api/account/poll", poll, OWNER, max_body=SMALL, slash=True, waits=True),
    Route(("POST",), "/api/account/listen", listen, OWNER, max_body=SMALL, slash=True, waits=True),
)
"""The long polls, which have a frame of their own."""

ROUTES: Final = (*POLLS, *routes(CALLS), *incoming.ROUTES, *later.routes({path_of(spec) for spec in CALLS}))

PART: Final = Part(OWNER, ROUTES, refusal)
