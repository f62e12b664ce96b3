"""Whatever goes wrong becomes one sentence on stderr and an exit code; nobody is shown a traceback."""

import os
import sys

from cyclopts import CycloptsError

from syncline.core.errors import Damaged, SynclineError

FAILED = 1
MISUSED = 2
INTERRUPTED = 130
TRACEBACK = "SYNCLINE_TRACEBACK"
"""The environment variable that shows where an unexpected error came from."""


class Failure(SynclineError):
    """A command cannot do what it was asked; the message says why and what to do next."""

    code = "failed"


class Misuse(SynclineError):
    """The command was not called as it should be."""

    code = "usage"


def exit_code(failure: BaseException) -> int:
    """Say what happened in one sentence on stderr, and return the exit code that goes with it."""
    match failure:
        case SystemExit():
            return failure.code if isinstance(failure.code, int) else FAILED
        case KeyboardInterrupt():
            return INTERRUPTED
        case BrokenPipeError():
            quiet_stdout()
            return 0
        case CycloptsError():
            say(f"{failure} `syncline --help` shows how it is used.")
            return MISUSED
        case Misuse():
            say(failure.message)
            return MISUSED
        case _:
            if os.environ.get(TRACEBACK):
                raise failure
            say(_whole(sentence(failure)))
            return FAILED


def sentence(failure: BaseException) -> str:
    """What happened and what to do next."""
    match failure:
        case Failure():
            return failure.message
        case Damaged():
            return (
                f"{_whole(failure.message)} `syncline verify` names all the damage; "
                "`syncline restore` brings back a backup."
            )
        case SynclineError():
            return failure.message
        case FileNotFoundError():
            return f"There is no {failure.filename}; give the path of a file that exists."
        case PermissionError():
            return (
                f"This user may not open {failure.filename}; run it as the owner of the data directory, "
                "or give another one with --data."
            )
        case UnicodeEncodeError() if any("\udc80" <= letter <= "\udcff" for letter in failure.object):
            return "An argument is not text in the encoding of this terminal; give it in UTF-8."
        case OSError():
            reason = failure.strerror or str(failure)
            where = f" ({failure.filename})" if failure.filename else ""
            return f"The system said: {reason}{where}. `syncline doctor` looks at disk and limits."
        case _:
            return (
                f"Something unexpected happened ({type(failure).__name__}: {failure}). "
                f"Run it again with {TRACEBACK}=1 to see where, and report that, please."
            )


def _whole(text: str) -> str:
    """A sentence with its capital letter and its end; messages of the store come without."""
    ended = text if text.endswith((".", "!", "?", ")")) else f"{text}."
    return ended[:1].upper() + ended[1:]


def say(text: str) -> None:
    """One sentence to the person, on stderr, so that stdout holds results only."""
    print(" ".join(text.split()), file=sys.stderr)


def quiet_stdout() -> None:
    """After the reader of a pipe went away: keep the interpreter from writing to it again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
