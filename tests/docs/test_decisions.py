"""Every part that we did not write has a page of decision and a licence that lets everybody use Syncline."""

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "decisions"
PERMISSIVE = re.compile(
    r"\b(MIT(-0)?|BSD|[023]BSD|Apache|PSF|Python Software Foundation|ISC|any-OSI|CC0)\b", re.IGNORECASE
)
COPYLEFT = re.compile(r"\b(A?GPL|General Public|EUPL|SSPL|BUSL)", re.IGNORECASE)
UNCHANGED = {
    "certifi": "a list of certificates",
    "hypothesis": "runs in tests only",
    "pathspec": "runs in mypy only",
}
"""MPL-2.0: free to use as it is, only changes to its own files would have to be given away."""

TWO_TERMS = {"fleepy": "MIT by its classifier, GPL by its field: a client that tests talk to, never shipped"}
"""What says two things of itself, and is neither imported nor shipped by the product."""


def locked(name: str) -> list[str]:
    """The packages of a lock, without what only Windows needs."""
    text = (ROOT / name).read_text(encoding="utf-8")
    pinned = re.findall(r"^([a-z0-9._-]+)==([^\\\n]*)", text, flags=re.MULTILINE)
    return [package for package, rest in pinned if "sys_platform == 'win32'" not in rest]


def licence(package: str) -> str:
    """What a package says of its licence, in its own words."""
    try:
        data = metadata(package)
    except PackageNotFoundError:
        pytest.skip(f"{package} is not installed here")
    said = [*(data.get_all("License-Expression") or []), *(data.get_all("License") or [])]
    said += [one for one in data.get_all("Classifier") or [] if one.startswith("License ::")]
    return " / ".join(one[:200] for one in said)


@pytest.mark.parametrize("package", sorted({*locked("requirements.txt"), *locked("requirements-dev.txt")}))
def test_every_package_may_be_used_by_everybody(package: str) -> None:
    terms = licence(package)
    if package in TWO_TERMS:
        assert package not in locked("requirements.txt")
        assert PERMISSIVE.search(terms)
        return
    assert not COPYLEFT.search(terms), terms
    assert PERMISSIVE.search(terms) or ("MPL" in terms and package in UNCHANGED), terms


@pytest.mark.parametrize("name", ["requirements.in", "requirements-dev.in"])
def test_every_part_that_we_chose_has_a_page(name: str) -> None:
    pages = "\n".join(page.read_text(encoding="utf-8") for page in PAGES.glob("*.md")).casefold()
    chosen = re.findall(
        r"^([a-z][a-z0-9._-]*)", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert len(chosen) > 5
    said = {"pytest-asyncio": "asyncio", "pytest-timeout": "time-outs", "pytest-xdist": "two processes"}
    assert [one for one in chosen if said.get(one, one) not in pages] == []


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_a_decision_tells_its_reason_what_else_there_was_and_when_to_look_again(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if page.stem == "README":
        others = {other.name for other in PAGES.glob("*.md")} - {page.name}
        assert {name for name in others if f"({name})" not in text} == set()
        return
    for part in ("**For** ", "**Why.** ", "| alternative | why not |", "**Licence and care.** "):
        assert part in text
    assert re.search(r"\*\*Look again\*\* in \w+ 20\d\d", text)
    assert len(text.split()) < 400, "one short page"
