"""What commands show: plain lines on stdout for scripts, tables and bars where a person looks."""

import sys
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from syncline.cli.failures import Failure, say
from syncline.server.admin.lines import Failed, Finished, Found, Line, Progress

if TYPE_CHECKING:
    from rich.console import Console


def line(text: str) -> None:
    """One line of result on stdout, at once (a pipe sees it too)."""
    print(text, flush=True)


def when(ms: int) -> str:
    """A time in ms as people and scripts read it, always UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def as_json(value: object) -> str:
    """Any data as one line of JSON."""
    import msgspec

    return msgspec.json.encode(value).decode()


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on a terminal; lines with tabs where a program reads."""
    if not sys.stdout.isatty():
        for row in rows:
            line("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table

    shown = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*row)
    Console().print(shown)


def stderr_console() -> "Console":
    """A console on stderr, for bars: stdout stays for results."""
    from rich.console import Console

    return Console(stderr=True)


def bar() -> Any:
    """A progress bar on stderr that vanishes at its end; it draws nothing where no person looks."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    console = stderr_console()
    return Bars(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


@contextmanager
def import_bar(size: Callable[[], int | None]) -> Iterator[Callable[[int, int], None]]:
    """A bar for bytes read and mails taken in; `size` says how many bytes there are, None: nobody knows.

    Where no person looks, neither rich is loaded (0.08 s) nor the size asked for.
    """
    if not sys.stderr.isatty():
        yield lambda _bytes, _mails: None
        return
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.fields[mails]:,} mails"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=stderr_console(), transient=True) as bars:
        task = bars.add_task("", total=size(), mails=0)
        yield lambda done, mails: bars.update(task, completed=done, mails=mails)


async def follow(lines: AsyncGenerator[Line, None]) -> int:
    """Show a long work to its end: bars, each damage, the closing sentence; returns how many were found."""
    # closed here, however it ends: left to the collector, it would be closed after the loop, with a traceback
    async with aclosing(lines):
        with bar() as bars:
            return await _shown(lines, bars)


async def _shown(lines: AsyncGenerator[Line, None], bars: Any) -> int:
    found = 0
    tasks: dict[str, Any] = {}
    async for said in lines:
        match said:
            case Progress(what, done, total):
                if what not in tasks:
                    tasks[what] = bars.add_task(what, total=total or None)
                bars.update(tasks[what], completed=done, total=total or None)
            case Found(check, sentence):
                found += 1
                line(f"{check}: {sentence}")
            case Finished(sentence):
                say(sentence)
                return found
            case Failed(_, message):
                raise Failure(message)
    raise Failure("The server ended before the work was done; look at its log and run the command again.")
