"""What the docs tell of options, errors, metrics, routes and commands is what the code has."""

import pytest

from scripts import documents
from syncline.config import OPTIONS, RESERVED


def page(name: str) -> str:
    """A page of docs/."""
    return (documents.DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", documents.PARTS)
def test_each_made_part_is_current(name: str) -> None:
    """Run scripts/docs if this fails."""
    text = page(documents.PARTS[name][0])
    try:
        new = documents.renewed(name, text)
    except documents.NotThere as missing:
        pytest.skip(f"there is no {missing} yet")
    assert text == new, "not current: run scripts/docs"


def test_every_option_is_documented() -> None:
    text = page("configuration.md")
    for option in OPTIONS.values():
        assert f"| `{option.name}` | {option.doc} |" in text
        assert f"`{option.variable}`" in text
    assert all(f"`{name}`" in text for name in RESERVED)


def test_every_error_code_is_documented_once_and_means_one_thing() -> None:
    text = page("errors.md")
    codes = [error.code for error in documents.all_errors()]
    assert len(codes) > 15
    assert sorted(codes) == sorted(set(codes)), "two errors share a code"
    assert [code for code in codes if text.count(f"| `{code}` |") != 1] == []


def test_every_metric_is_documented() -> None:
    try:
        metrics = documents.all_metrics()
    except documents.NotThere as missing:
        pytest.skip(f"there is no {missing} yet")
    assert metrics
    text = page("metrics.md")
    assert [name for name, *_ in metrics if f"| `{name}` |" not in text] == []


def test_every_route_is_documented_and_says_what_it_does() -> None:
    try:
        routes = documents.all_routes()
    except documents.NotThere as missing:
        pytest.skip(f"there is no {missing} yet")
    assert routes
    text = page("routes.md")
    assert [route.path for route in routes if f"`{route.path}`" not in text] == []
    assert [route.path for route in routes if not documents.first_line(route.handler)] == []


def test_every_command_is_documented_with_an_example() -> None:
    try:
        app = documents.command()
    except documents.NotThere as missing:
        pytest.skip(f"there is no {missing} yet")
    commands = list(documents.below(app))
    assert ("serve",) in commands
    assert ("account", "add") in commands
    parts = dict(part.split("\n", 1) for part in page("cli.md").split("\n## syncline ")[1:])
    assert [" ".join(words) for words in commands if "\nExample" not in parts.get(" ".join(words), "")] == []
