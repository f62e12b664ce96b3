"""`syncline account`: who may use the server."""

from typing import Annotated

from cyclopts import App, Parameter

from syncline.cli.where import HERE, Where

app = App(
    name="account",
    help="Add, list, invite, close and erase accounts.",
    help_epilogue="Examples:\n"
    "  syncline account add ann@example.org --name Ann --local ann --password-stdin < password\n"
    "  syncline account invite\n"
    "  syncline account list",
)

Email = Annotated[str, Parameter(help="E-mail address, local name or id of the account.")]


@app.command(
    help_epilogue="Examples:\n"
    "  syncline account add ann@example.org --name Ann\n"
    '  printf %s "$PASSWORD" | syncline account add bo@example.org --local bo --password-stdin --role admin'
)
async def add(
    email: str,
    /,
    *,
    name: str | None = None,
    local: str | None = None,
    password_stdin: bool = False,
    role: str = "agent",
    where: Where = HERE,
) -> None:
    """Add an account; without a password it signs in by `account link` until it has one.

    Parameters
    ----------
    email
        The account's e-mail address.
    name
        The name that others see (default: the part before the @).
    local
        The local name, as in @local:server (default: made from the e-mail address).
    password_stdin
        Read the password from the first line of stdin.
    role
        Role in the CRM: admin, agent or none.
    """
    from syncline.cli.failures import say
    from syncline.cli.output import line
    from syncline.cli.owner import reach
    from syncline.cli.secrets import from_stdin
    from syncline.server.admin.shapes import AccountRow, NewAccount

    password = from_stdin() if password_stdin else None
    async with reach(where) as admin:
        wanted = NewAccount(email=email, name=name, local=local, password=password, role=role)
        row = await admin.post("/accounts", AccountRow, wanted)
    line(f"{row.id}\t{row.email}\t{row.local}")
    if password is None:
        say(f"It has no password yet: `syncline account password {row.email}` gives it one.")


@app.command(name="list", help_epilogue="Examples:\n  syncline account list\n  syncline account list --json")
async def list_(*, json: bool = False, where: Where = HERE) -> None:
    """List all accounts: id, e-mail, local name, name, role, state.

    Parameters
    ----------
    json
        One JSON object a line.
    """
    from syncline.cli.output import as_json, line, table
    from syncline.cli.owner import reach
    from syncline.server.admin.shapes import AccountRow

    async with reach(where, create=False) as admin:
        rows = await admin.get("/accounts", list[AccountRow])
    if json:
        for row in rows:
            line(as_json(row))
        return
    table(
        ("id", "e-mail", "local name", "name", "role", "state"),
        [(str(r.id), r.email, r.local, r.name, r.role, "closed" if r.closed else "open") for r in rows],
    )


@app.command(
    help_epilogue="Examples:\n"
    "  syncline account invite\n"
    "  syncline account invite cleo@example.org --role agent"
)
async def invite(email: str | None = None, /, *, role: str = "none", where: Where = HERE) -> None:
    """Print a link with which somebody makes an account of their own.

    Parameters
    ----------
    email
        Only this address may use it (default: whoever has the link).
    role
        Role in the CRM of the account that is made: admin, agent or none.
    """
    from syncline.cli.output import line
    from syncline.cli.owner import reach
    from syncline.server.admin.shapes import Link, LinkFor

    async with reach(where) as admin:
        line((await admin.post("/invites", Link, LinkFor(account=email, role=role))).url)


@app.command(help_epilogue="Example:\n  syncline account link ann@example.org")
async def link(email: Email, /, *, where: Where = HERE) -> None:
    """Print a link that signs an account in on one browser, once."""
    from syncline.cli.output import line
    from syncline.cli.owner import reach
    from syncline.server.admin.shapes import Link, LinkFor

    async with reach(where, create=False) as admin:
        line((await admin.post("/links", Link, LinkFor(account=email))).url)


@app.command(
    help_epilogue="Examples:\n"
    "  syncline account password ann@example.org\n"
    "  syncline account password ann@example.org --password-stdin < password"
)
async def password(email: Email, /, *, password_stdin: bool = False, where: Where = HERE) -> None:
    """Give an account a new password, asked for twice on the terminal.

    Parameters
    ----------
    password_stdin
        Read the password from the first line of stdin instead.
    """
    from syncline.cli.failures import say
    from syncline.cli.owner import reach
    from syncline.cli.secrets import asked_for, from_stdin
    from syncline.server.admin.shapes import AccountRow, NewPassword

    secret = from_stdin() if password_stdin else asked_for()
    async with reach(where, create=False) as admin:
        row = await admin.post(_path(email, "password"), AccountRow, NewPassword(password=secret))
    say(f"{row.email} has a new password.")


@app.command(help_epilogue="Example:\n  syncline account close ann@example.org")
async def close(email: Email, /, *, where: Where = HERE) -> None:
    """Close an account: nobody signs in with it any more; what it wrote stays."""
    from syncline.cli.failures import say
    from syncline.cli.owner import reach
    from syncline.server.admin.shapes import AccountRow

    async with reach(where, create=False) as admin:
        row = await admin.post(_path(email, "close"), AccountRow)
    say(f"{row.email} is closed. `syncline account erase {row.email}` also erases what it wrote.")


@app.command(help_epilogue="Example:\n  syncline account erase ann@example.org --yes")
async def erase(email: Email, /, *, yes: bool = False, where: Where = HERE) -> None:
    """Erase an account for good: all that it wrote is overwritten in every file. It cannot be undone.

    Parameters
    ----------
    yes
        Do not ask on the terminal.
    """
    from syncline.cli.failures import say
    from syncline.cli.owner import reach
    from syncline.cli.secrets import confirm
    from syncline.server.admin.shapes import Erased

    if not yes:
        confirm(f"Erase {email} and everything that it wrote, for good?", otherwise="--yes")
    async with reach(where, create=False) as admin:
        await admin.post(_path(email, "erase"), Erased)
    say(f"{email} is erased: the rows stay, their contents are gone. Backups made before still hold them.")


def _path(account: str, act: str) -> str:
    from urllib.parse import quote

    return f"/accounts/{quote(account, safe='')}/{act}"
