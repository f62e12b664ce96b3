"""Calls at the thread level."""

import asyncio
from typing import Final

import msgspec
from starlette.types import ASGIApp, Scope

from syncline.protocols.heliotrope.asking import thread_id
from syncline.protocols.heliotrope.bodies import Fields
from syncline.protocols.heliotrope.errors import fitting
from syncline.protocols.heliotrope.infos import Infos, shown_labels
from syncline.protocols.heliotrope.needs import Needs
from syncline.protocols.heliotrope.searching import info_of
from syncline.protocols.heliotrope.serving import Told, reading, writing
from syncline.protocols.heliotrope.shapes import Done, Fake, answer
from syncline.services.accounts import Auth
from syncline.services.mail import states_of

TOGETHER: Final = 100
"""messages encoded between two pauses of the loop: under a millisecond"""

FAKE: Final = msgspec.json.encode(Fake())


def info(needs: Needs) -> ASGIApp:
    """GET /thread/ID/info.json: a thread in short."""

    async def act(auth: Auth, scope: Scope) -> Told:
        return answer(await info_of(needs, auth.account, thread_id(scope)))

    return reading(needs, act)


def thread(needs: Needs) -> ASGIApp:
    """GET /thread/ID.json: the messages of a thread with their depth, parents before children."""
    infos = Infos()

    async def act(auth: Auth, scope: Scope) -> Told:
        found = await needs.mails.thread(auth.account, thread_id(scope))
        bodies = (mail.body for mail in found.mails.values())
        labels = msgspec.json.encode(shown_labels(found.labels, found.marks, bodies))
        pieces = []
        for at in range(0, len(found.nodes), TOGETHER):
            some = []
            for node in found.nodes[at : at + TOGETHER]:
                if node.no is None:
                    some.append(b"[%b,%d]" % (FAKE, node.depth))
                elif (mail := found.mails.get(node.no)) is not None:
                    state = states_of(mail.body, found.marks)
                    one = infos.encoded(mail.entry, mail.body, state, labels, found.id)
                    some.append(b"[%b,%d]" % (one, node.depth))
            pieces.append(b",".join(some))
            await asyncio.sleep(0)
        return [b'{"messageinfos":[', *_joined(pieces), b"]," + answer(Done())[1:]]

    return reading(needs, act)


def _joined(pieces: list[bytes]) -> list[bytes]:
    """The pieces that are not empty, with commas between."""
    full = [piece for piece in pieces if piece]
    return [piece if at == 0 else b"," + piece for at, piece in enumerate(full)]


def labels(needs: Needs) -> ASGIApp:
    """POST /thread/ID/labels.json: replace a thread's labels."""

    async def act(auth: Auth, scope: Scope, fields: Fields) -> Told:
        id, wanted = thread_id(scope), fields.names("labels")
        with fitting():
            conv = await needs.mails.relabel(auth.account, id, wanted)
        return answer(await info_of(needs, auth.account, id, conv))

    return writing(needs, act)


def state(needs: Needs) -> ASGIApp:
    """POST /thread/ID/state.json: give all messages of a thread exactly these states."""

    async def act(auth: Auth, scope: Scope, fields: Fields) -> Told:
        id, wanted = thread_id(scope), fields.names("state")
        conv = await needs.mails.set_thread_state(auth.account, id, wanted)
        return answer(await info_of(needs, auth.account, id, conv))

    return writing(needs, act)
