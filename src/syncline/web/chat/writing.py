"""What the forms of a conversation's page do: write a message, mark as read."""

import hashlib
from typing import Final

import msgspec
from starlette.requests import Request as Asked
from starlette.responses import Response

from syncline.core.errors import Forbidden, Invalid, SynclineError, TooLarge
from syncline.core.ids import Id
from syncline.gateways.http.answers import status_of
from syncline.services.accounts import Auth
from syncline.services.conversations import Answer, Request
from syncline.services.conversations.mentions import mentioned_names, named
from syncline.services.conversations.send import send
from syncline.services.overviews import overview_of
from syncline.store.contract import Tx
from syncline.web.chat.links import NEW, asked, chat_path, conv_of, whole
from syncline.web.chat.needs import ChatNeeds
from syncline.web.chat.talk import LONGEST, Draft, talk_page
from syncline.web.chat.unread import read_upto, unread_of
from syncline.web.forms import first, form
from syncline.web.guarded import needs_account_found
from syncline.web.mail.showing import by_htmx, fragment
from syncline.web.pages import redirect

MAX_WRITTEN: Final = 12 * LONGEST
"""bytes of a form with a message: up to twelve for a character that is a pair of four"""

_REFUSALS: Final = (Invalid, Forbidden, TooLarge)
"""What a form says with the text still in it; all else is a page of its own."""
