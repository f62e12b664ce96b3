"""Passwords and questions: read from stdin or the terminal, never from an argument that `ps` would show."""

import getpass
import sys

from syncline.cli.failures import Failure, Misuse


def from_stdin() -> str:
    """The first line of stdin."""
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise Misuse("There is no password on stdin; pipe it in, or leave --password-stdin out.")
    return password


def asked_for() -> str:
    """A password typed twice on the terminal."""
    if not sys.stdin.isatty():
        raise Misuse("There is no terminal to ask on; pipe the password in with --password-stdin.")
    first = getpass.getpass("New password: ")
    if first != getpass.getpass("The same again: "):
        raise Failure("The two passwords differ; nothing was changed. Run the command again.")
    if not first:
        raise Failure("An empty password is none; nothing was changed. Run the command again.")
    return first


def confirm(question: str, *, otherwise: str) -> None:
    """Ask before something that cannot be undone; raises Failure unless the answer is yes."""
    if not sys.stdin.isatty():
        raise Misuse(f"There is no terminal to ask on; say {otherwise} if you mean it.")
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Failure("Nothing was changed.")
