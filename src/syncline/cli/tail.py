"""`syncline tail`: everything that changes, as it changes."""

from typing import Annotated

from cyclopts import App, Parameter

from syncline.cli.where import HERE, Where
from syncline.server.admin.lines import TailLine

app = App(
    name="tail",
    help_epilogue="Examples:\n"
    "  syncline tail\n"
    "  syncline tail --account ann@example.org --since 1200\n"
    "  syncline tail --json --no-follow | head",
)

BODY = 96
"""Characters of a body on a line for people."""


@app.default
async def tail(
    *,
    account: str | None = None,
    since: int | None = None,
    json: bool = False,
    follow: Annotated[bool, Parameter(negative="--no-follow")] = True,
    where: Where = HERE,
) -> None:
    """Follow the log: seq, time, zone, kind, act, id, nr, body; one change a line, until interrupted.

    It outlives restarts of the server. Without a server it shows what other commands write.

    Parameters
    ----------
    account
        Only what lies in zones that this account sees (e-mail address, local name or id).
    since
        Begin after this seq; 0 is the beginning (default: the last 20 changes).
    json
        One JSON object a line, with whole bodies.
    follow
        Go on with what comes; --no-follow ends at the newest change.
    """
    from syncline.cli.following import follow_log
    from syncline.cli.output import as_json, line

    async for change in follow_log(where, account=account, since=since, follow=follow):
        line(as_json(change) if json else _for_people(change))


def _for_people(change: TailLine) -> str:
    from syncline.cli.output import when

    body = bytes(change.body).decode()
    nr = "" if change.nr is None else f" nr {change.nr}"
    short = body if len(body) <= BODY else body[: BODY - 1] + "…"
    return (
        f"{change.seq}  {when(change.at)}  {change.zone_kind} {change.zone}  "
        f"{change.act} {change.kind} {change.id}{nr}  {short}"
    )
