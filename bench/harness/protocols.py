"""The protocols that are measured."""

from typing import Final

from bench.harness.changes import Changes
from bench.harness.fleep import Fleep
from bench.harness.options import Options
from bench.harness.protocol import Protocol

PROTOCOLS: Final[tuple[type[Protocol], ...]] = (Changes, Fleep)


def chosen(options: Options) -> tuple[type[Protocol], ...]:
    """Those that a run asks for; raises SystemExit for one that is not there."""
    if options.protocol is None:
        return PROTOCOLS
    found = tuple(one for one in PROTOCOLS if one.name == options.protocol)
    if not found:
        raise SystemExit(
            f"There is no protocol {options.protocol!r}; {', '.join(p.name for p in PROTOCOLS)}."
        )
    return found
