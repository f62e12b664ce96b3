"""`syncline serve`: the server."""

from typing import Annotated

from cyclopts import App, Parameter

from syncline.cli.where import HERE, Where

app = App(
    name="serve",
    help_epilogue="Examples:\n"
    "  syncline serve\n"
    "  syncline serve --port 9000 --data /var/lib/syncline --server-name example.org\n"
    "  syncline serve --single-user ann@example.org",
)


@app.default
def serve(
    *,
    host: str | None = None,
    port: int | None = None,
    server_name: str | None = None,
    single_user: str | None = None,
    sample: Annotated[bool, Parameter(show=False)] = False,
    where: Where = HERE,
) -> None:
    """Serve the workspace until SIGTERM or Ctrl-C.

    Parameters
    ----------
    host
        Address to listen on (default: 127.0.0.1, this machine only).
    port
        Port to listen on (default: 8080).
    server_name
        The workspace's name in ids such as @ann:name; it must stay the same once there are accounts.
    single_user
        Whoever reaches the server is this account, without signing in; made if it does not exist.
    sample
        On an empty store make a small sample workspace.
    """
    import asyncio

    import uvloop

    from syncline.cli.running import run
    from syncline.cli.settings import settings

    chosen = settings(
        where, server__host=host, server__port=port, server__name=server_name, server__single_user=single_user
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(chosen, sample=sample))
