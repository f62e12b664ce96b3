"""The scripts take the first Python that is new enough, and say what they found where none is."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BASH = shutil.which("bash") or "bash"

FAKE = """#!{bash}
case $2 in
    *print*) echo {version} ;;
    *) (( {minor} >= 11 )) ;;
esac
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A PATH with nothing in it."""
    directory = tmp_path / "bin"
    directory.mkdir()
    return directory


def put(directory: Path, name: str, version: str | None) -> None:
    """A command that says it is this Python, or (None) one that does not start."""
    text = f"#!{BASH}\nexit 127\n"
    if version is not None:
        text = FAKE.format(bash=BASH, version=version, minor=version.split(".")[1])
    command = directory / name
    command.write_text(text, encoding="utf-8")
    command.chmod(0o755)


def find(path: Path, python: str | None = None) -> subprocess.CompletedProcess[str]:
    """What find_python comes to with this PATH and this PYTHON, in a shell without any other variable."""
    env = {"PATH": str(path)} | ({} if python is None else {"PYTHON": python})
    script = f"source '{ROOT}/scripts/setup.sh' && find_python && printf %s \"$python\""
    return subprocess.run([BASH, "-c", script], env=env, capture_output=True, text=True, check=False)


def test_the_oldest_that_is_new_enough_goes_first(path: Path) -> None:
    for minor in (10, 12, 13, 14):
        put(path, f"python3.{minor}", f"3.{minor}.1")
    put(path, "python3", "3.13.1")
    assert find(path).stdout == f"{path}/python3.12"


def test_the_one_that_the_user_names_goes_before_all(path: Path, tmp_path: Path) -> None:
    put(path, "python3.11", "3.11.9")
    put(tmp_path, "my python", "3.14.0")
    assert find(path, str(tmp_path / "my python")).stdout == f"{tmp_path}/my python"


def test_a_plain_python3_will_do(path: Path) -> None:
    put(path, "python3", "3.15.0")
    assert find(path).stdout == f"{path}/python3"


def test_a_named_one_that_is_too_old_is_passed_over(path: Path) -> None:
    put(path, "python3.10", "3.10.2")
    put(path, "python3.13", "3.13.0")
    assert find(path, "python3.10").stdout == f"{path}/python3.13"


def test_one_that_does_not_start_is_passed_over(path: Path) -> None:
    """Version managers put commands on the PATH for versions that are not installed."""
    put(path, "python3.11", None)
    put(path, "python3.12", "3.12.1")
    assert find(path).stdout == f"{path}/python3.12"


def test_what_was_found_instead_is_named_with_what_to_install(path: Path) -> None:
    put(path, "python3.12", None)
    put(path, "python3", "3.9.2")
    result = find(path, "python9")
    assert result.returncode == 1
    assert result.stderr == (
        "Syncline needs Python 3.11 or newer; found: python9 (not there), python3.12 (does not start), "
        "python3 (is 3.9.2). Install python3.11 or a newer one, "
        "or set PYTHON to one that is installed elsewhere.\n"
    )


def test_a_machine_without_python_gets_the_same_sentence(path: Path) -> None:
    assert "found: none." in find(path).stderr
