"""What stands in the repository is true everywhere: no place of one machine, no address of one index."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = frozenset({".git", ".venv", "data", "__pycache__", "dist"})

OF_A_MACHINE = re.compile(
    # The brackets keep this file from being found by itself.
    r"[/]work/|[/]root/\.|[/]tmp/(brief|bash|pytest)|[/]opt/(wheels|pypi)|[.]library|[/]home/(?!ann\b)\w+/"
)
OF_AN_INDEX = re.compile(r"[p]ythonhosted|[p]ypi\.(org|io)|[/]simple/")


def files() -> Iterator[Path]:
    """Every file that git would track."""
    pending = [ROOT]
    while pending:
        for path in sorted(pending.pop().iterdir()):
            if path.name in NOT_OURS or path.name.endswith(("_cache", ".egg-info")) or path.is_symlink():
                continue
            if path.is_dir():
                if path.name != ".hypothesis":
                    pending.append(path)
            else:
                yield path


def texts() -> Iterator[tuple[str, str]]:
    """The text files, by their place."""
    for path in files():
        data = path.read_bytes()
        if b"\0" not in data[:8192]:
            yield str(path.relative_to(ROOT)), data.decode("utf-8")


def found(pattern: re.Pattern[str]) -> list[str]:
    """Where a pattern stands."""
    return [
        f"{name}:{number}: {line.strip()[:80]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_file_names_a_place_of_one_machine() -> None:
    assert len(list(files())) > 50
    assert found(OF_A_MACHINE) == []


def test_no_file_names_a_package_index() -> None:
    assert found(OF_AN_INDEX) == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_lock_names_no_host_and_every_package_has_hashes(name: str) -> None:
    """The lock must work with any index or mirror, and an index must not be able to give other bytes."""
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    packages = re.split(r"\n(?=[a-z])", text)
    pinned = [package for package in packages if re.match(r"[a-z0-9._-]+==", package)]
    assert len(pinned) > 10
    assert [one.split("==")[0] for one in pinned if "--hash=sha256:" not in one] == []
    assert "@ " not in text


def test_what_runs_is_locked_and_nothing_is_locked_twice_differently() -> None:
    locks = {}
    for name in ("requirements", "requirements-dev"):
        text = (ROOT / f"{name}.txt").read_text(encoding="utf-8")
        pinned = dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", text, flags=re.MULTILINE))
        wanted = re.findall(
            r"^([a-z0-9._]+[a-z0-9._-]*)", (ROOT / f"{name}.in").read_text(), flags=re.MULTILINE
        )
        assert [one for one in wanted if one.replace("_", "-") not in pinned] == []
        locks[name] = pinned
    both = locks["requirements"].keys() & locks["requirements-dev"].keys()
    assert {n for n in both if locks["requirements"][n] != locks["requirements-dev"][n]} == set()


def test_every_link_between_pages_leads_somewhere() -> None:
    broken = []
    for name, text in texts():
        if not name.endswith(".md"):
            continue
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
            if "://" not in target and not ((ROOT / name).parent / target).exists():
                broken.append(f"{name}: {target}")
    assert broken == []


@pytest.mark.parametrize("name", ["serve", "test", "lint", "lock", "docs", "bench"])
def test_every_script_can_be_run_and_parsed(name: str) -> None:
    path = ROOT / "scripts" / name
    assert path.stat().st_mode & 0o111
    assert subprocess.run(["bash", "-n", str(path)], capture_output=True, check=False).stderr == b""
    assert path.read_text(encoding="utf-8").splitlines()[1].startswith("# "), (
        "its second line says what it is for"
    )
