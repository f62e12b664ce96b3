"""One table a script: shown with rich, and appended to docs/benchmarks.md with versions and date."""

import datetime
import importlib.metadata
import platform
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from bench.harness.cores import LOAD_CORE, SERVER_CORE, crowded
from bench.harness.process import ROOT

RECORD = ROOT / "docs" / "benchmarks.md"
PARTS = ("syncline", "uvicorn", "uvloop", "httptools", "apsw", "msgspec")
COLUMNS = ("row", "what", "Syncline", "beside it", "ratio", "target", "met")


class Row(msgspec.Struct, frozen=True):
    """One line: a row of the targets, what was measured, what stood beside it in the same run.

    `met` None: there is no target for this line, it is context.
    """

    row: str
    what: str
    ours: str
    beside: str = ""
    ratio: str = ""
    target: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """Its columns as text."""
        met = "" if self.met is None else "yes" if self.met else "no"
        return (self.row, self.what, self.ours, self.beside, self.ratio, self.target, met)


def median(values: Iterable[float]) -> float:
    """The middle of some runs."""
    return statistics.median(values)


def versions() -> str:
    """Versions of what was measured and the machine's kind, in one line."""
    found = [f"Python {platform.python_version()}"]
    for part in PARTS:
        try:
            found.append(f"{part} {importlib.metadata.version(part)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{part} (not installed)")
    return ", ".join(found) + f"; {processor()}, {platform.system()} {platform.release()}"


def processor() -> str:
    """The processor's name, as far as the system tells it."""
    info = Path("/proc/cpuinfo")
    for line in info.read_text().splitlines() if info.exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def show(title: str, rows: Sequence[Row], notes: Sequence[str] = ()) -> None:
    """Print the table with its notes."""
    table = Table(title=title, title_justify="left")
    for column in COLUMNS:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row.cells())
    console = Console()
    console.print(table)
    for note in notes:
        console.print(note, markup=False, highlight=False)


def markdown(title: str, rows: Sequence[Row], notes: Sequence[str], when: datetime.datetime) -> str:
    """The same table for docs/benchmarks.md."""
    lines = [f"\n## {title}", "", f"{when:%Y-%m-%d %H:%M} UTC. {versions()}.", ""]
    lines.append("| " + " | ".join(COLUMNS) + " |")
    lines.append("| " + " | ".join("---" for _ in COLUMNS) + " |")
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row.cells()) + " |" for row in rows]
    if notes:
        lines += ["", *notes]
    return "\n".join(lines) + "\n"


def report(title: str, rows: Sequence[Row], notes: Sequence[str], *, record: Path | None) -> None:
    """Show a finished table, and append it to the record unless there is none (a smoke run)."""
    told = [*notes, *filter(None, [crowded()])]
    if SERVER_CORE != LOAD_CORE:
        told.append(f"Server on core {SERVER_CORE}, load on core {LOAD_CORE}.")
    show(title, rows, told)
    if record is not None:
        with record.open("a", encoding="utf-8") as file:
            file.write(markdown(title, rows, told, datetime.datetime.now(datetime.UTC)))
