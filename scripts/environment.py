"""Makes `.venv` in the checkout exactly what the lock says, or says in one sentence what is missing.

Run by setup.sh with any Python from 3.11 on, before anything is installed: the standard library only. The
system's Python is never touched (PEP 668): everything goes into `.venv`, whichever pip or uv does the work.
"""

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "syncline-stamp.json"
"""Written last, so without it `.venv` is unfinished; tells which lock, Python and place it is for."""

MAKER = "1"
"""Raise this when an older `.venv` must not be used any more though its lock is the same."""

RUN, DEV = "requirements.txt", "requirements-dev.txt"
HASHED = ("--require-hashes", "--only-binary", ":all:")

CLEARED = frozenset(
    [
        "PIP_TARGET",
        "PIP_PREFIX",
        "PIP_ROOT",
        "PIP_CONSTRAINT",
        "PIP_REQUIREMENT",
        "PIP_NO_DEPS",
        "PIP_NO_BINARY",
        "PIP_DRY_RUN",
        "PIP_PYTHON",
        "UV_CONSTRAINT",
        "UV_OVERRIDE",
        "UV_TARGET",
        "UV_PREFIX",
        "UV_SYSTEM_PYTHON",
        "UV_NO_BINARY",
        "VIRTUAL_ENV",
        "CONDA_PREFIX",
    ]
)
"""Settings of the user that would send wheels elsewhere or refuse ours; those for index and proxy stay."""

FOR_UV = {
    "PIP_INDEX_URL": ("UV_DEFAULT_INDEX", "UV_INDEX_URL"),
    "PIP_EXTRA_INDEX_URL": ("UV_INDEX", "UV_EXTRA_INDEX_URL"),
    "PIP_FIND_LINKS": ("UV_FIND_LINKS",),
    "PIP_NO_INDEX": ("UV_NO_INDEX",),
    "PIP_CERT": ("SSL_CERT_FILE",),
}
"""uv reads no setting of pip's: each is handed on under uv's name, unless one of uv's own is there."""


class Failed(Exception):
    """What is missing, in one sentence for the user."""


class Installer(NamedTuple):
    """What puts packages into `.venv`: the command up to and with `install`, and its own switches."""

    command: Sequence[str]
    switches: Sequence[str]


def fingerprint(lock: str) -> str:
    """The hash of what decides which packages and commands are in `.venv`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    ours = [MAKER, project["build-system"], project["project"], project["tool"]["flit"]]
    digest = hashlib.sha256(json.dumps(ours, sort_keys=True).encode())
    digest.update((ROOT / lock).read_bytes())
    return digest.hexdigest()


def interpreter(name: str) -> str:
    """The file behind a Python's name."""
    return os.path.realpath(shutil.which(name) or name)


def read_stamp() -> dict[str, str]:
    """What the stamp says; nothing where `.venv` is unfinished, or was made by something else."""
    try:
        stamp = json.loads(STAMP.read_bytes())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def current(stamp: Mapping[str, str], *locks: str, asked: str | None) -> bool:
    """Whether `.venv` holds these locks, stands where it was made (scripts hold paths), with that Python."""
    return (
        all(stamp.get(lock) == fingerprint(lock) for lock in locks)
        and stamp.get("root") == str(ROOT)
        and (asked is None or stamp.get("python") == interpreter(asked))
    )


def environment() -> dict[str, str]:
    """The environment of pip and uv: the user's, without what would lead the wheels astray."""
    variables = {name: value for name, value in os.environ.items() if name not in CLEARED}
    # What stands in the user's pip.conf can only be answered by a variable.
    variables |= {"PIP_USER": "0", "PIP_REQUIRE_HASHES": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    variables |= {"PIP_ROOT_USER_ACTION": "ignore", "UV_PYTHON_DOWNLOADS": "never", "UV_LINK_MODE": "copy"}
    for pips, uvs in FOR_UV.items():
        if pips in variables and not any(name in variables for name in uvs):
            variables[uvs[0]] = variables[pips]
    if not has_home() and "XDG_CACHE_HOME" not in variables:
        # Without a home pip would make a directory named "~" where it stands.
        if "PIP_CACHE_DIR" not in variables:
            variables["PIP_NO_CACHE_DIR"] = "1"
        if "UV_CACHE_DIR" not in variables:
            variables["UV_NO_CACHE"] = "1"
    return variables


def has_home() -> bool:
    """Whether this user has a home directory (a container's often has none)."""
    try:
        return Path.home().is_dir()
    except RuntimeError:
        return False


def run(*command: str, quiet: bool = False) -> bool:
    """Whether a command could be started and did its work; `quiet` hides what it prints."""
    output = subprocess.DEVNULL if quiet else None
    try:
        done = subprocess.run(  # noqa: S603 (the commands are ours)
            command,
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0


def uv_command() -> str | None:
    """Where uv is, if it is there."""
    return shutil.which("uv")


def make_venv() -> None:
    """An empty `.venv` in the place of whatever was there."""
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    elif VENV.exists():
        shutil.rmtree(VENV)
    if importlib.util.find_spec("venv") is not None:
        if importlib.util.find_spec("ensurepip") is not None and run(
            sys.executable, "-m", "venv", str(VENV), quiet=True
        ):
            return
        # Debian splits ensurepip off; what it left half made is cleared.
        if run(sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV), quiet=True):
            return
    uv = uv_command()
    if uv is None or not run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)):
        raise Failed(missing("the module venv"))


def installer() -> Installer:
    """The pip in `.venv`, else the system's pip working for it, else uv."""
    pip_switches = ("--quiet", "--no-input", "--progress-bar", "off", "--no-warn-script-location")
    if run(str(PYTHON), "-m", "pip", "--version", quiet=True):
        return Installer((str(PYTHON), "-m", "pip", "install"), pip_switches)
    for pip in ((sys.executable, "-m", "pip"), ("pip3",), ("pip",)):
        # `--python` came with pip 22.3; an older one says no to this.
        if run(*pip, "--python", str(PYTHON), "--version", quiet=True):
            return Installer((*pip, "--python", str(PYTHON), "install"), pip_switches)
    uv = uv_command()
    if uv is not None:
        return Installer((uv, "pip", "install", "--python", str(PYTHON)), ("--quiet", "--compile-bytecode"))
    raise Failed(missing("ensurepip, there is no pip from 22.3 on"))


def missing(what: str) -> str:
    """The one sentence for a Python that cannot make `.venv`."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return (
        f"{sys.executable} lacks {what}, and there is no uv: install {name}-venv"
        f" (Debian and Ubuntu: apt install {name}-venv) or uv, and start again."
    )


def install(tool: Installer, *arguments: str) -> None:
    """Puts packages into `.venv`."""
    if not run(*tool.command, *tool.switches, *arguments):
        raise Failed(
            "The packages of the lock could not be installed (see above): is the package index within reach,"
            " and are PIP_INDEX_URL and the proxy right?"
        )


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One at a time: two scripts started together make one `.venv`. Waits for the other."""
    directory = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        yield
    finally:
        os.close(directory)


def make(*, dev: bool, asked: str | None) -> None:
    """Makes `.venv` current; does nothing if it is. An unfinished or outdated one is made anew."""
    locks = (RUN, DEV) if dev else (RUN,)
    stamp = read_stamp()
    if current(stamp, *locks, asked=asked) and run(str(PYTHON), "-c", "", quiet=True):
        return
    say("Making .venv from the lock (once, and whenever the lock changes) …")
    # With a tool's packages of an older lock in it, `.venv` would not be what the lock says.
    good = current(stamp, RUN, asked=asked) and DEV not in stamp and run(str(PYTHON), "-c", "", quiet=True)
    STAMP.unlink(missing_ok=True)
    if not good:
        make_venv()
        stamp = {"root": str(ROOT), "python": interpreter(asked or sys.executable)}
    tool = installer()
    if not good:
        install(tool, *HASHED, "-r", RUN)
        install(tool, "--no-build-isolation", "--no-deps", "-e", ".")
        stamp[RUN] = fingerprint(RUN)
    if dev:
        install(tool, *HASHED, "-r", DEV)
        stamp[DEV] = fingerprint(DEV)
    draft = STAMP.with_suffix(".new")
    draft.write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")
    draft.replace(STAMP)


def say(sentence: str) -> None:
    """Tells the user."""
    print(sentence, file=sys.stderr, flush=True)


def main() -> int:
    """`check` exits 0 if `.venv` is current, `make` makes it so, `add` adds a tool beside the lock's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("act", choices=("check", "make", "add"))
    parser.add_argument("tool", nargs="?", help="the package to add")
    parser.add_argument("--dev", action="store_true", help="with the tools that the tests need")
    parser.add_argument("--asked", help="the Python that the user asked for")
    given = parser.parse_args()
    if given.act == "check":
        locks = (RUN, DEV) if given.dev else (RUN,)
        return 0 if current(read_stamp(), *locks, asked=given.asked) else 1
    try:
        with alone():
            if given.act == "make":
                make(dev=given.dev, asked=given.asked)
            else:
                install(installer(), "--only-binary", ":all:", given.tool)
    except Failed as failed:
        say(str(failed))
        return 1
    except OSError as error:
        say(f"{error.filename or VENV} cannot be written: {error.strerror}.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
