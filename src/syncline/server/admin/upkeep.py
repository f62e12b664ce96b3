"""Admin routes that look at the whole store: verify, rebuild, backup, status, stop."""

import os
from collections.abc import AsyncGenerator
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import syncline
from syncline.core.errors import Invalid, SynclineError
from syncline.server.admin.answers import Lines, answer, body, control
from syncline.server.admin.control import Control
from syncline.server.admin.lines import Failed, Finished, Found, Line, Progress
from syncline.server.admin.shapes import BackupTo, Status
from syncline.server.admin.working import Tell, told
from syncline.store.sqlite.backup import backup as write_backup
from syncline.store.sqlite.verify import verify as look


def verifying(directory: Path, tell: Tell) -> Finished:
    """Check a store, telling each damage."""
    found = 0
    done = 0

    def progress(checks: int, total: int) -> None:
        nonlocal done
        done = checks
        tell(Progress("verify", checks, total))

    for damage in look(directory, progress=progress):
        found += 1
        tell(Found(damage.check, damage.sentence))
    if found:
        text = (
            f"{found} damages were found. `syncline backup` what there is, "
            "then `syncline restore` a good backup."
        )
    else:
        text = f"All is well: {done} checks found nothing wrong."
    return Finished(text, {"checks": done, "found": found})


async def verify(request: Request) -> Response:
    """POST /verify: lines Progress and Found, then Finished."""
    directory = control(request).directory
    return Lines(told(lambda tell: verifying(directory, tell)))


async def backup(request: Request) -> Response:
    """POST /backup: one file, while writing goes on."""
    target = Path((await body(request, BackupTo)).path)
    if not target.is_absolute():
        raise Invalid("A backup needs an absolute path.", field="path")
    directory = control(request).directory

    def work(tell: Tell) -> Finished:
        done = write_backup(
            directory, target, progress=lambda what, done, total: tell(Progress(what, done, total))
        )
        return Finished(
            f"{target} holds everything up to change {done.head} ({done.size / 1e6:.1f} MB).",
            {"head": done.head, "size": done.size},
        )

    return Lines(told(work))


async def rebuild(request: Request) -> Response:
    """POST /rebuild: every projection is thrown away and made again."""
    return Lines(_rebuilding(control(request)))


async def _rebuilding(here: Control) -> AsyncGenerator[Line, None]:
    readers = here.services.readers
    names = readers.projections
    try:
        for done, name in enumerate(names):
            yield Progress(f"rebuild {name}", done, len(names))
            await readers.rebuild(name)
    except SynclineError as error:
        yield Failed(error.code, error.message)
        return
    made = ", ".join(names) if names else "nothing: no projection is registered"
    yield Finished(f"Made again: {made}.", {"projections": len(names)})


async def status(request: Request) -> Response:
    """GET /status."""
    here = control(request)
    store = here.services.store
    return answer(
        Status(
            pid=os.getpid(),
            version=syncline.__version__,
            head=store.head,
            epoch=store.epoch,
            directory=str(here.directory),
        )
    )


async def stop(request: Request) -> Response:
    """POST /stop: the server ends after this answer."""
    here = control(request)
    response = answer({})
    response.background = BackgroundTask(here.stop)
    return response


ROUTES = (
    Route("/verify", verify, methods=["POST"]),
    Route("/backup", backup, methods=["POST"]),
    Route("/rebuild", rebuild, methods=["POST"]),
    Route("/status", status),
    Route("/stop", stop, methods=["POST"]),
)
