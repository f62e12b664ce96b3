"""`syncline token`: secrets with which programs act for an account."""

from typing import Annotated

from cyclopts import App, Parameter

from syncline.cli.where import HERE, Where

app = App(
    name="token",
    help="Create, list and revoke personal tokens.",
    help_epilogue="Examples:\n"
    "  TOKEN=$(syncline token create ann@example.org)\n"
    "  syncline token list ann@example.org\n"
    "  syncline token revoke 1042",
)


@app.command(
    help_epilogue="Examples:\n"
    "  TOKEN=$(syncline token create ann@example.org)\n"
    "  syncline token create ann@example.org --scopes read,sync"
)
async def create(
    email: Annotated[str, Parameter(help="E-mail address, local name or id of the account.")],
    /,
    *,
    scopes: str = "read,write,profile,sync",
    where: Where = HERE,
) -> None:
    """Print a new token: 64 characters and nothing else. It is shown only now.

    Parameters
    ----------
    scopes
        What it may do: any of read, write, profile, sync, with commas between.
    """
    from syncline.cli.output import line
    from syncline.cli.owner import reach
    from syncline.server.admin.shapes import NewToken, Secret

    wanted = tuple(scope.strip() for scope in scopes.split(",") if scope.strip())
    async with reach(where, create=False) as admin:
        made = await admin.post("/tokens", Secret, NewToken(account=email, scopes=wanted))
    line(made.secret)


@app.command(
    name="list", help_epilogue="Examples:\n  syncline token list\n  syncline token list ann@example.org"
)
async def list_(
    email: Annotated[str | None, Parameter(help="Only those of this account.")] = None,
    /,
    *,
    json: bool = False,
    where: Where = HERE,
) -> None:
    """List tokens: id, account, scopes, when made. Their secrets are nowhere to be read.

    Parameters
    ----------
    json
        One JSON object a line.
    """
    from syncline.cli.output import as_json, line, table, when
    from syncline.cli.owner import reach
    from syncline.server.admin.shapes import TokenRow

    async with reach(where, create=False) as admin:
        query = {} if email is None else {"account": email}
        rows = await admin.get("/tokens", list[TokenRow], **query)
    if json:
        for row in rows:
            line(as_json(row))
        return
    table(
        ("id", "account", "scopes", "made"),
        [(str(row.id), row.account, ",".join(row.scopes), when(row.made)) for row in rows],
    )


@app.command(help_epilogue="Example:\n  syncline token revoke 1042")
async def revoke(
    id: Annotated[int, Parameter(help="The token's id, as `token list` shows it.")], /, *, where: Where = HERE
) -> None:
    """Revoke a token: whoever uses it is refused from now on."""
    from syncline.cli.failures import say
    from syncline.cli.owner import reach
    from syncline.server.admin.shapes import Revoked

    async with reach(where, create=False) as admin:
        await admin.delete(f"/tokens/{id}", Revoked)
    say(f"Token {id} is revoked.")
