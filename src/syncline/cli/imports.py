"""`syncline import`: bringing in what was elsewhere before."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from syncline.cli.where import HERE, Where

app = App(
    name="import",
    help="Bring in mails from elsewhere.",
    help_epilogue="Example:\n  syncline import mbox archive.mbox.gz --account ann@example.org",
)


@app.command(
    help_epilogue="Examples:\n"
    "  syncline import mbox archive.mbox.gz --account ann@example.org\n"
    "Run twice, it adds nothing the second time; interrupted, it goes on where it was."
)
async def mbox(
    file: Annotated[Path, Parameter(help="An mbox file, plain or gzip.")],
    /,
    *,
    account: Annotated[str, Parameter(help="Whose mails they are: e-mail address, local name or id.")],
    where: Where = HERE,
) -> None:
    """Put the mails of an mbox file into the log, each as an entry, its raw bytes beside it."""
    import msgspec

    from syncline.cli.failures import Failure, say
    from syncline.cli.output import bar
    from syncline.cli.owner import reach
    from syncline.gateways.mbox.batches import batches
    from syncline.server.admin.shapes import Imported, LinkFor, Mailbox

    size = file.stat().st_size
    added = known = 0
    async with reach(where, create=False) as admin:
        box = await admin.post("/mailbox", Mailbox, LinkFor(account=account))
        with bar() as bars:
            task = bars.add_task(file.name, total=size)
            try:
                for batch in batches(file, read=lambda done: bars.update(task, completed=done)):
                    sent = msgspec.msgpack.encode(batch)
                    came = await admin.send(
                        "/import", Imported, sent, account=box.account, conversation=box.conversation
                    )
                    added += came.added
                    known += came.known
            except EOFError as torn:
                raise Failure(
                    f"{file} ends in the middle of its gzip data; {added} mails before that were added. "
                    "Fetch the file again and repeat the import."
                ) from torn
    say(f"{added} mails added, {known} were there already.")
