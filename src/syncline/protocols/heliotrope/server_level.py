"""Calls at the server level: info, size, labels, contacts."""

import asyncio
from typing import Final

import msgspec
from starlette.types import ASGIApp, Scope

from syncline.protocols.heliotrope import asking
from syncline.protocols.heliotrope.bodies import Fields
from syncline.protocols.heliotrope.needs import Needs
from syncline.protocols.heliotrope.serving import Told, reading, writing
from syncline.protocols.heliotrope.shapes import Contact, Done, Info, Labels, Size, answer
from syncline.services.accounts import Auth

TOGETHER: Final = 500
"""contacts encoded between two pauses of the loop"""

INFO: Final = answer(Info())


def info(needs: Needs) -> ASGIApp:
    """GET /info.json: the server is up, and which API it speaks."""

    async def act(auth: Auth, scope: Scope) -> Told:
        return INFO

    return reading(needs, act)


def size(needs: Needs) -> ASGIApp:
    """GET /size.json: how many messages are kept."""

    async def act(auth: Auth, scope: Scope) -> Told:
        return answer(Size(await needs.mails.size(auth.account)))

    return reading(needs, act)


def labels(needs: Needs) -> ASGIApp:
    """GET /labels.json: all labels in use, states included."""

    async def act(auth: Auth, scope: Scope) -> Told:
        return answer(Labels(tuple(await needs.search.labels(auth.account))))

    return reading(needs, act)


def prune(needs: Needs) -> ASGIApp:
    """POST /labels/prune.json: the labels in use; others are forgotten by themselves."""

    async def act(auth: Auth, scope: Scope, fields: Fields) -> Told:
        return answer(Labels(tuple(await needs.search.labels(auth.account))))

    return writing(needs, act, any_body=True)


def contacts(needs: Needs) -> ASGIApp:
    """GET /contacts.json: people whose name or address begins with a prefix, or all, the newest first."""

    async def act(auth: Auth, scope: Scope) -> Told:
        prefix = asking.given(scope, "prefix") or ""
        everybody = not prefix and asking.given(scope, "num") is None
        found = await needs.search.contacts(auth.account, prefix, None if everybody else asking.num(scope))
        pieces = [b'{"contacts":[']
        for at in range(0, len(found), TOGETHER):
            some = tuple(Contact(one.name or None, one.mail) for one in found[at : at + TOGETHER])
            pieces.append((b"," if at else b"") + msgspec.json.encode(some)[1:-1])
            if len(found) > TOGETHER:
                await asyncio.sleep(0)
        return [*pieces, b"]," + answer(Done())[1:]]

    return reading(needs, act)
