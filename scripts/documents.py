"""Writes the parts of docs/ that are made from the code: options, errors, metrics, routes and commands.

Such a part stands in its page between `<!-- made by scripts/docs: NAME -->` and `<!-- end of NAME -->`; the
words around it are written by hand. Run as `scripts/docs`, or `scripts/docs --check`.
"""

import importlib
import importlib.util
import inspect
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from rich.console import Console

from syncline.config import OPTIONS, RESERVED, SECTIONS, Option
from syncline.core.errors import SynclineError

DOCS: Final = Path(__file__).resolve().parent.parent / "docs"


class NotThere(Exception):
    """The code that a part is made from does not exist (yet)."""


def module(name: str) -> ModuleType:
    """A module that may still be missing; raises NotThere."""
    parts = name.split(".")
    for depth in range(2, len(parts) + 1):
        if importlib.util.find_spec(".".join(parts[:depth])) is None:
            raise NotThere(name)
    return importlib.import_module(name)


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    head = list(columns)
    lines = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def first_line(thing: object) -> str:
    """The first sentence of a docstring."""
    return (inspect.getdoc(thing) or "").split("\n", 1)[0]


def default_of(option: Option) -> str:
    """An option's default as it would stand in the file."""
    if option.default is None:
        return "not set"
    value = list(option.default) if option.many else option.default
    plain = isinstance(value, bool | int | float | list)
    return f"`{json.dumps(value if plain else str(value))}`"


def options() -> str:
    """Every option of the configuration, section by section."""
    parts = []
    for name, section in SECTIONS.items():
        rows = [
            (f"`{option.name}`", option.doc, option.rule.expected, default_of(option), f"`{option.variable}`")
            for option in OPTIONS.values()
            if option.section == name
        ]
        columns = ("option", "what it is for", "takes", "default", "variable")
        parts.append(f"## [{name}]\n\n{first_line(section)}\n\n{table(columns, rows)}")
    others = table(("variable", "what it is for"), ((f"`{name}`", doc) for name, doc in RESERVED.items()))
    parts.append(f"## Variables that are no options\n\n{others}")
    return "\n\n".join(parts)


def all_errors(base: type[SynclineError] = SynclineError) -> Iterator[type[SynclineError]]:
    """Every error that the core and the configuration know, the general ones first."""
    for error in base.__subclasses__():
        if error.__module__.startswith(("syncline.core.", "syncline.config.")):
            yield error
            yield from all_errors(error)


def errors() -> str:
    """Every error code, with its meaning."""
    rows = {error.code: first_line(error) for error in all_errors()}
    return table(("code", "what it means"), ((f"`{code}`", doc) for code, doc in sorted(rows.items())))


def all_metrics() -> list[tuple[str, str, tuple[str, ...]]]:
    """Every metric that the server declares: name, sentence, labels."""
    values = vars(module("syncline.server.metrics")).values()
    return sorted(
        value
        for value in values
        if isinstance(value, tuple) and len(value) == 3 and str(value[0]).startswith("syncline_")
    )


def metrics() -> str:
    """Every metric, with its labels."""
    rows = [
        (f"`{name}`", doc, ", ".join(f"`{one}`" for one in labels)) for name, doc, labels in all_metrics()
    ]
    return table(("metric", "what it tells", "labels"), rows)


def all_routes() -> list[Any]:
    """Every route of the server, in the order of owners and paths."""
    plugged = module("syncline.server.plugged")
    if not hasattr(plugged, "PARTS"):
        raise NotThere("syncline.server.plugged.PARTS")
    found = [route for part in plugged.PARTS for route in part.routes]
    return sorted(found, key=lambda route: (route.owner, route.path, route.methods))


def routes() -> str:
    """Every route, with its owner."""
    rows = [
        (route.owner, " ".join(route.methods), f"`{route.path}`", first_line(route.handler))
        for route in all_routes()
    ]
    return table(("owner", "method", "path", "what it does"), rows)


def command() -> Any:
    """The `syncline` command."""
    return module("syncline.cli").app


def below(app: Any, *words: str) -> Iterator[tuple[str, ...]]:
    """The words of every command below one that people can see, in the order of the help."""
    for name in app:
        if name.startswith("-") or not app[name].show:
            continue
        yield (*words, name)
        yield from below(app[name], *words, name)


def commands() -> str:
    """Every command, as its --help tells it."""
    app = command()
    parts = []
    for words in [(), *below(app)]:
        out = io.StringIO()
        app.help_print(list(words), console=Console(file=out, width=100, color_system=None))
        lines = [line.rstrip() for line in out.getvalue().strip().splitlines()]
        parts.append("\n".join([f"## {' '.join(('syncline', *words))}", "", "```text", *lines, "```"]))
    return "\n\n".join(parts)


PARTS: Final[dict[str, tuple[str, Callable[[], str]]]] = {
    "options": ("configuration.md", options),
    "errors": ("errors.md", errors),
    "metrics": ("metrics.md", metrics),
    "routes": ("routes.md", routes),
    "commands": ("cli.md", commands),
}
"""The parts by name: the page that holds each, and what makes it."""


def renewed(name: str, page: str) -> str:
    """A page with its part made anew; raises NotThere, or ValueError where the page has no place for it."""
    begin, end = f"<!-- made by scripts/docs: {name} -->", f"<!-- end of {name} -->"
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"docs/{PARTS[name][0]} has no place for {name}: {begin} … {end}")
    return f"{before}{begin}\n\n{PARTS[name][1]()}\n\n{end}{after}"


def main(arguments: list[str]) -> int:
    """Write all parts, or with --check name the pages that are not current."""
    check = "--check" in arguments
    stale = []
    for name, (file, _) in PARTS.items():
        path = DOCS / file
        page = path.read_text(encoding="utf-8")
        try:
            new = renewed(name, page)
        except NotThere as missing:
            print(f"docs/{file} stays as it is: there is no {missing}.", file=sys.stderr)
            continue
        if new == page:
            continue
        stale.append(file)
        if not check:
            path.write_text(new, encoding="utf-8")
    for file in stale:
        print(f"docs/{file} {'is not current: run scripts/docs' if check else 'is written anew'}.")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
