"""`syncline import`: bringing in mails that were elsewhere before."""

from typing import Annotated, TypeAlias

from cyclopts import App, Parameter

from syncline.cli.where import HERE, Where

app = App(
    name="import",
    help="Bring in mails from elsewhere.",
    help_epilogue="Example:\n  syncline import mbox archive.mbox.gz --account ann@example.org",
)

AGAIN = "Run twice, it adds nothing the second time; interrupted, it goes on where it was."

Whose: TypeAlias = Annotated[
    str | None,
    Parameter(help="Whose mails they are: e-mail address, local name or id (default: the only account)."),
]
Labels: TypeAlias = Annotated[str, Parameter(help="Labels for all of them, between commas.")]
NoInbox: TypeAlias = Annotated[bool, Parameter(help="Leave the label `inbox` out: they come in archived.")]
DryRun: TypeAlias = Annotated[bool, Parameter(help="Read and count everything, write nothing.")]


@app.command(
    name=("mbox", "mail"),
    help_epilogue="Examples:\n"
    "  syncline import mbox archive.mbox.gz --account ann@example.org\n"
    "  syncline import mbox lists.tar.xz --labels lists --no-inbox\n"
    "  zstd -dc old.mbox.zst | syncline import mbox -\n" + AGAIN,
)
async def mbox(
    *paths: Annotated[
        str,
        Parameter(
            help="mbox and .eml files, directories of them, Maildirs; .gz .bz2 .xz .zip .tar of these; "
            "- for standard input.",
            allow_leading_hyphen=True,
        ),
    ],
    account: Whose = None,
    labels: Labels = "",
    no_inbox: NoInbox = False,
    dry_run: DryRun = False,
    where: Where = HERE,
) -> int:
    """Take in mails; what the files are is seen by what is in them."""
    return await _run(paths, "any", account, labels, no_inbox, dry_run, where)


@app.command(name="maildir", help_epilogue="Example:\n  syncline import maildir ~/Maildir\n" + AGAIN)
async def from_maildir(
    *paths: Annotated[str, Parameter(help="Directories that are Maildirs, or hold some.")],
    account: Whose = None,
    labels: Labels = "",
    no_inbox: NoInbox = False,
    dry_run: DryRun = False,
    where: Where = HERE,
) -> int:
    """Take in Maildirs: flags become states, folders become labels."""
    return await _run(paths, "maildir", account, labels, no_inbox, dry_run, where)


@app.command(
    name="eml", help_epilogue="Example:\n  syncline import eml letter.eml note.txt --labels papers\n" + AGAIN
)
async def from_eml(
    *paths: Annotated[
        str,
        Parameter(
            help="Files of one mail each, directories or archives of such, or -.", allow_leading_hyphen=True
        ),
    ],
    account: Whose = None,
    labels: Labels = "",
    no_inbox: NoInbox = False,
    dry_run: DryRun = False,
    where: Where = HERE,
) -> int:
    """Take in each file as one mail, whatever it looks like."""
    return await _run(paths, "mails", account, labels, no_inbox, dry_run, where)


async def _run(
    paths: tuple[str, ...],
    wanted: str,
    account: str | None,
    labels: str,
    no_inbox: bool,
    dry_run: bool,
    where: Where,
) -> int:
    from syncline.cli.importing import Order, take_in
    from syncline.gateways.imports.sources import Wanted

    chosen = tuple(label for each in labels.split(",") if (label := each.strip()))
    return await take_in(paths, Wanted(wanted), Order(account, chosen, not no_inbox, dry_run), where)
