"""`syncline verify | rebuild | backup | restore`: keeping a store well."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from syncline.cli.where import HERE, Where

verify = App(name="verify", help_epilogue="Example:\n  syncline verify --data /var/lib/syncline")
rebuild = App(name="rebuild", help_epilogue="Example:\n  syncline rebuild")
backup = App(
    name="backup",
    help_epilogue="Examples:\n  syncline backup /backups/monday.tar\n  syncline backup /backups/",
)
restore = App(
    name="restore",
    help_epilogue="Example:\n  syncline restore /backups/monday.tar --data /var/lib/syncline-new",
)
apps = (verify, rebuild, backup, restore)


@verify.default
async def verify_store(*, where: Where = HERE) -> int:
    """Check every promise that can be checked on the store; a running server goes on meanwhile.

    Each damage is one line, and the exit code is then 1.
    """
    from syncline.cli.output import follow
    from syncline.cli.owner import reach

    async with reach(where, create=False, unopened=True) as admin:
        return 1 if await follow(admin.work("/verify")) else 0


@rebuild.default
async def rebuild_projections(*, where: Where = HERE) -> None:
    """Make everything again that is made from the log; answers stay the same."""
    from syncline.cli.output import follow
    from syncline.cli.owner import reach

    async with reach(where, create=False) as admin:
        await follow(admin.work("/rebuild"))


@backup.default
async def backup_store(
    target: Annotated[Path, Parameter(help="A .tar file to be made, or a directory that gets one.")],
    /,
    *,
    where: Where = HERE,
) -> None:
    """Write one file with all that the store holds, while the server runs; its path goes to stdout."""
    from syncline.cli.output import follow, line
    from syncline.cli.owner import reach
    from syncline.server.admin.shapes import BackupTo
    from syncline.store.sqlite.backup import target_file

    file = target_file(target.resolve())
    async with reach(where, create=False, unopened=True) as admin:
        await follow(admin.work("/backup", BackupTo(path=str(file))))
    line(str(file))


@restore.default
async def restore_store(
    file: Annotated[Path, Parameter(help="A file made by `syncline backup`.")], /, *, where: Where = HERE
) -> int:
    """Make a store from a backup in a new or empty data directory, and verify it.

    Its log jumps ahead, so that clients which have seen what came after the backup start anew.
    """
    from syncline.cli.failures import say
    from syncline.cli.output import follow
    from syncline.cli.settings import settings
    from syncline.server.admin.lines import Finished, Progress
    from syncline.server.admin.upkeep import verifying
    from syncline.server.admin.working import Tell, told
    from syncline.store.sqlite.restore import restore as bring_back

    directory = settings(where).directory

    def work(tell: Tell) -> Finished:
        came = bring_back(
            file, directory, progress=lambda what, done, total: tell(Progress(what, done, total))
        )
        return Finished(
            f"{directory} holds everything up to change {came.last}; its log goes on at {came.head}."
        )

    await follow(told(work))
    if await follow(told(lambda tell: verifying(directory, tell))):
        return 1
    say(f"Start it with `syncline serve --data {directory}`.")
    return 0
