"""`syncline tail`: everything that changes, as it changes."""

from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from syncline.cli.where import HERE, Where

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from syncline.cli.changes import Page, Row
    from syncline.server.admin.lines import TailLine

app = App(
    name="tail",
    help_epilogue="Examples:\n"
    "  syncline tail\n"
    "  syncline tail --json --no-follow | head\n"
    "  syncline tail --account ann@example.org --since 1200\n"
    "  syncline tail --url https://chat.example.org --token-file token",
)

BODY = 96
"""Characters of a body on a line for people."""

UNSHOWN = dict.fromkeys(
    (*range(0x20), *range(0x7F, 0xA0), *range(0x2028, 0x202F), *range(0x2066, 0x206A)), " "
)
"""What breaks lines, what a terminal obeys (control characters), and what turns text around."""


@app.default
async def tail(
    *,
    account: str | None = None,
    url: str | None = None,
    token_file: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    since: str | None = None,
    json: bool = False,
    follow: Annotated[bool, Parameter(negative="--no-follow")] = True,
    where: Where = HERE,
) -> None:
    """Follow the log: seq, time, zone, kind, act, id, nr, body; one change a line, until interrupted.

    It outlives restarts of the server. Without a server it shows what other commands write.

    Parameters
    ----------
    account
        Read /changes as this account (e-mail address, local name or id), not the log as it stands.
    url
        Read /changes of the server at this address, as the account of the token.
    token_file
        File whose first line is a token with the scope read; - is stdin. Only with --url.
    since
        Begin after this seq, or cursor of /changes; 0 is the beginning (default: the newest 20; --url: 0).
    json
        One JSON object a line, with whole bodies; rows of /changes as they came.
    follow
        Go on with what comes; --no-follow ends at the newest change.
    """
    from syncline.cli.failures import Misuse
    from syncline.cli.following import follow_account, follow_log, follow_remote
    from syncline.cli.output import as_json, line

    if url is not None:
        if account is not None:
            raise Misuse("With --url the token says whose changes they are; leave --account out.")
        if token_file is None:
            raise Misuse("Give --url a token with --token-file FILE (- is stdin), not on the command line.")
        _checked(url)
        await _show(follow_remote(url, _token(token_file), since=since, follow=follow), json, follow=follow)
        return
    if token_file is not None:
        raise Misuse("--token-file is for --url: on this machine --account needs no token.")
    if account is not None:
        await _show(follow_account(where, account, since=since, follow=follow), json, follow=follow)
        return
    if since is not None and not (since.isascii() and since.isdecimal()):
        raise Misuse(f"{since} is not a seq; cursors are for --account and --url.")
    seq = None if since is None else int(since)
    # closed here, however it ends: left to the collector, `tail | head` would end in its traceback
    async with aclosing(follow_log(where, since=seq, follow=follow)) as changes:
        async for change in changes:
            line(as_json(change) if json else _of_log(change))


async def _show(pages: "AsyncGenerator[Page, None]", json: bool, *, follow: bool) -> None:
    import msgspec

    from syncline.cli.changes import Row
    from syncline.cli.failures import say
    from syncline.cli.output import line

    cursor = "0"
    async with aclosing(pages):
        async for page in pages:
            if page.reset:
                say("A backup was restored since that cursor: forget what you have, everything follows anew.")
            for row in page.changes:
                line(bytes(row).decode() if json else _of_account(msgspec.json.decode(row, type=Row)))
            cursor = page.next
    if not follow:
        say(f"`--since {cursor}` goes on from here.")


def _of_log(change: "TailLine") -> str:
    return _for_people(change, f"{change.zone_kind} {change.zone}", bytes(change.body))


def _of_account(row: "Row") -> str:
    import msgspec

    from syncline.cli.changes import Said

    body = bytes(row.body)
    if row.kind == "entry":
        said = msgspec.json.decode(body, type=Said)
        what = said.kind if said.rel is None else said.rel
        of = "" if said.target is None else f" of {said.target}"
        body = f"{what}{of} ".encode() + bytes(said.body)
    return _for_people(row, f"zone {row.zone}", body)


def _for_people(change: "TailLine | Row", zone: str, body: bytes) -> str:
    from syncline.cli.output import when

    text = body.decode()
    nr = "" if change.nr is None else f" nr {change.nr}"
    short = (text if len(text) <= BODY else text[: BODY - 1] + "…").translate(UNSHOWN)
    return f"{change.seq}  {when(change.at)}  {zone}  {change.act} {change.kind} {change.id}{nr}  {short}"


def _checked(url: str) -> None:
    """Raises Misuse for what is no address of a server."""
    from urllib.parse import urlsplit

    from syncline.cli.failures import Misuse

    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.query or parts.fragment:
        raise Misuse(f"{url} is not the address of a server, such as https://chat.example.org")
    if parts.username is not None:
        raise Misuse("An address with a name or password in it can be seen by others; leave them out.")


def _token(file: str) -> str:
    """The first line of a file, or of stdin."""
    import sys

    from syncline.cli.failures import Misuse

    if file == "-":
        token = sys.stdin.readline()
    else:
        with Path(file).open(errors="replace") as opened:
            token = opened.readline()
    token = token.strip()
    if not (token and token.isascii() and token.isprintable() and " " not in token):
        raise Misuse(f"There is no token in the first line of {'stdin' if file == '-' else file}.")
    return token
