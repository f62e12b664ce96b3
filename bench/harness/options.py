"""The options that every benchmark script takes."""

import argparse
import tempfile
from pathlib import Path
from typing import TypeVar

import msgspec

from bench.harness.table import RECORD

T = TypeVar("T")


class Options(msgspec.Struct, frozen=True):
    """How a script is to run.

    `seeds` keeps seeded stores between runs; `record` None: nothing is noted; `protocol` None: all of them.
    """

    smoke: bool
    rounds: int
    seconds: float
    seeds: Path
    record: Path | None
    protocol: str | None = None

    def size(self, full: T, smoke: T) -> T:
        """A size of the measurement, or its tiny stand-in for a smoke run."""
        return smoke if self.smoke else full


def parse(description: str | None, arguments: list[str] | None = None) -> Options:
    """Read the command line (or these arguments)."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--smoke", action="store_true", help="tiny sizes: proves that the script works")
    parser.add_argument("--rounds", type=int, help="interleaved rounds, of which the median counts (3)")
    parser.add_argument("--seconds", type=float, help="how long each load runs (3)")
    parser.add_argument("--seeds", type=Path, help="where seeded stores are kept between runs")
    parser.add_argument("--no-record", action="store_true", help="do not append to docs/benchmarks.md")
    parser.add_argument("--protocol", help="only this one, where a script measures each (all)")
    given = parser.parse_args(arguments)
    smoke: bool = given.smoke
    return Options(
        smoke=smoke,
        rounds=given.rounds or (1 if smoke else 3),
        seconds=given.seconds or (0.3 if smoke else 3.0),
        seeds=given.seeds or Path(tempfile.gettempdir()) / "syncline-bench-seeds",
        record=None if smoke or given.no_record else RECORD,
        protocol=given.protocol,
    )
