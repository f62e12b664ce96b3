"""The `syncline` command: everything an operator does, whether or not a server runs on the data directory."""

import io
import sys
from collections.abc import Sequence

from cyclopts import App, Parameter

from syncline.cli import account, doctor, imports, serving, tail, token, upkeep
from syncline.cli.failures import exit_code

app = App(
    name="syncline",
    help="A self-hosted sync server: one ordered log, five sync protocols.",
    help_format="plaintext",
    help_epilogue="Examples:\n"
    "  syncline serve\n"
    "  syncline account add ann@example.org --name Ann --password-stdin < password\n"
    "  syncline token create ann@example.org\n"
    "  syncline tail --data /var/lib/syncline\n\n"
    "Each command has its own --help. Every command takes --data DIR and --config FILE.",
    version_flags=["--version"],
    default_parameter=Parameter(negative=()),
)
for part in (serving.app, account.app, token.app, tail.app, imports.app, *upkeep.apps, doctor.app):
    app.command(part)

GLOBAL_OPTIONS = ("--data", "--config")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 failed, 2 not understood, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a name or a body may hold what the terminal's encoding lacks: shown as \u2026, not an error
            stream.reconfigure(errors="backslashreplace")
    tokens = after_the_command(sys.argv[1:] if arguments is None else list(arguments))
    try:
        result = app(
            tokens, exit_on_error=False, print_error=False, result_action="return_value", verbose=False
        )
    except BaseException as failure:  # noqa: BLE001 — the edge of the program: each becomes a sentence
        return exit_code(failure)
    return result if isinstance(result, int) else 0


def after_the_command(tokens: list[str]) -> list[str]:
    """Put `--data` and `--config` given before the command behind it, where each command looks for them."""
    late: list[str] = []
    while tokens:
        name, assigned, _ = tokens[0].partition("=")
        if name not in GLOBAL_OPTIONS:
            break
        size = 1 if assigned else 2
        late += tokens[:size]
        tokens = tokens[size:]
    return tokens + late
