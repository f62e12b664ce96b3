"""The sample workspace: on an empty store some people, conversations and mails to look around in."""

import asyncio
import os
import secrets
from pathlib import Path
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from syncline.core.errors import SynclineError
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Rel
from syncline.core.rooms.presets import Preset
from syncline.server.admin.accounts import link_url
from syncline.server.admin.answers import answer, control
from syncline.server.admin.letters import raw_letters
from syncline.server.admin.shapes import Sample
from syncline.services.accounts import Role
from syncline.services.conversations import Answer, Beginning, Conversations
from syncline.services.labels.service import Labels

FILE: Final = "sample-accounts.txt"

PEOPLE: Final = (
    ("ann@example.org", "Ann Sample", Role.ADMIN),
    ("bo@example.org", "Bo Sample", Role.AGENT),
    ("cleo@example.org", "Cleo Sample", Role.AGENT),
)

HEADING: Final = (
    "The people of the sample workspace. Delete this file when you do not need it any more.\n"
    "Sign in with e-mail address and password; the token is the first one's.\n\n"
)


async def sample(request: Request) -> Response:
    """POST /sample: make the sample on an empty store; later only a fresh link for its first person."""
    here = control(request)
    services = here.services
    file = here.directory / FILE
    made = False
    token: str | None
    if await _is_empty(services):
        token = await _make(services, file)
        made = True
    else:
        token = await asyncio.to_thread(_token_in, file)
        if token is None or not await _works(services, token):
            return answer(Sample(made=False))
    ann = (await services.tokens.authenticate(token)).account
    link = link_url(here.public_url, await services.sessions.link(ann))
    return answer(Sample(made=made, email=PEOPLE[0][0], link=link, token=token, file=str(file)))


async def _is_empty(services: Any) -> bool:
    return not await services.accounts.list()


async def _works(services: Any, token: str) -> bool:
    """Whether the token in the file is still good: it may have been revoked."""
    try:
        await services.tokens.authenticate(token)
    except SynclineError:
        return False
    return True


async def _make(services: Any, file: Path) -> str:
    lines = []
    ids: list[Id] = []
    for email, name, role in PEOPLE:
        password = secrets.token_urlsafe(12)
        account = await services.accounts.add(email, name=name, password=password, role=role)
        ids.append(account.id)
        lines.append(f"{email}  {password}\n")
    token: str
    token, _ = await services.tokens.create(ids[0], ("read", "write", "profile", "sync"), name="sample")
    # before the conversations: an interrupted start leaves a workspace that can be entered
    await asyncio.to_thread(_write, file, HEADING + "".join(lines) + f"\ntoken  {token}\n")
    await _talk(Conversations(services.store), services.labels, *ids)
    for letter, raw in raw_letters():
        mail = await services.parsing.read(raw)
        await services.mails.add(ids[0], mail, raw, labels=letter.labels, state=letter.state)
    return token


async def _talk(talks: Conversations, labels: Labels, ann: Id, bo: Id, cleo: Id) -> None:
    async def say(who: Id, conv: ZoneId, text: str) -> Answer:
        return (await talks.send(who, conv, msgspec.json.encode({"text": text}))).value

    begin = Beginning(Preset.FLEEP, name="Welcome", topic="A place to look around", members=(bo, cleo))
    welcome = (await talks.create(ann, begin)).value.conv
    hello = await say(ann, welcome, "Hello! Everything written here stands in one log.")
    await say(bo, welcome, "So my phone and your mail program read the same thing?")
    typo = await say(ann, welcome, "Yes, and each of them can be wherever it likes in the lgo.")
    if typo.entry is not None:
        fixed = {"text": "Yes, and each of them can be wherever it likes in the log."}
        await talks.amend(ann, welcome, typo.entry, Rel.EDIT, fixed)
    if hello.entry is not None:
        await talks.amend(bo, welcome, hello.entry, Rel.REACTION, {"key": "👍"})
        await talks.amend(ann, welcome, hello.entry, Rel.PIN)
    await talks.mark_read(cleo, welcome)

    trip = (await talks.create(bo, Beginning(Preset.FLEEP, name="Trip to Tartu", members=(ann,)))).value.conv
    await say(bo, trip, "The train leaves at 8:16.")
    task = await say(ann, trip, "I will buy the tickets.")
    if task.entry is not None:
        await talks.amend(ann, trip, task.entry, Rel.TASK, {"state": "todo"})

    await labels.give(ann, trip, ["travel", "starred"])

    alone = (await talks.create(ann, Beginning(name="Notes"))).value.conv
    await say(ann, alone, "Nobody but me sees this conversation.")


def _write(file: Path, text: str) -> None:
    """A file that only its owner can read, from its first moment on."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as target:
        target.write(text)


def _token_in(file: Path) -> str | None:
    if not file.exists():
        return None
    for line in file.read_text().splitlines():
        name, _, value = line.partition("  ")
        if name == "token":
            return value.strip()
    return None


ROUTES = (Route("/sample", sample, methods=["POST"]),)
