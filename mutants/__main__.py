"""Break the product in each named way, in a copy, and see that the suite notices.

scripts/mutants             all of them
scripts/mutants PART …      those whose name holds one of these texts
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Final

from mutants.mutant import ROOT, Mutant, mutants

COPIED = ("src", "tests", "bench", "mutants", "scripts", "docs", "pyproject.toml", "README.md")
JOBS = max(1, min(4, os.cpu_count() or 1))
TIMEOUT = 120
"""Seconds for the tests of one mutant; a mutant that hangs them was noticed."""
ALL: Final = 1200
"""Seconds for the tests of all mutants together, on the product as it is."""


@contextmanager
def tree() -> Iterator[Path]:
    """A copy of the checkout, without what Git and Python leave in it."""
    with tempfile.TemporaryDirectory(prefix="syncline-mutants-") as directory:
        copy = Path(directory) / "tree"
        copy.mkdir()
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            elif source.exists():
                shutil.copy2(source, copy / name)
        yield copy


def run(copy: Path, tests: tuple[str, ...], timeout: int = TIMEOUT) -> subprocess.CompletedProcess[str]:
    """Run tests in a copy; raises TimeoutExpired."""
    return subprocess.run(  # noqa: S603 - pytest, with what the files here name
        [sys.executable, "-m", "pytest", "-x", "-q", "--timeout=60", "-p", "no:cacheprovider", *tests],
        cwd=copy,
        env={
            **os.environ,
            "PYTHONPATH": f"{copy / 'src'}{os.pathsep}{copy}",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def noticed(copy: Path, mutant: Mutant) -> str | None:
    """Break the copy, run the tests, mend it again; says by what the mutant was noticed, None: by nothing."""
    path = copy / mutant.file
    whole = path.read_text()
    mutant.apply(copy)
    try:
        result = run(copy, mutant.tests)
    except subprocess.TimeoutExpired:
        return "the tests hang"
    finally:
        path.write_text(whole)
    if result.returncode not in (0, 1):
        # 2–5: pytest itself was interrupted, or found no tests; a syntax error in `new` shows here, too
        raise RuntimeError(f"“{mutant.name}” ended the tests otherwise:\n{result.stdout[-3000:]}")
    if result.returncode == 0:
        return None
    failed = [
        line.removeprefix("FAILED ") for line in result.stdout.splitlines() if line.startswith("FAILED")
    ]
    return failed[0].split("::")[-1].split(" - ")[0] if failed else "an error while collecting"


def main(parts: list[str]) -> int:
    """Run the mutants; the number of those that nothing noticed."""
    chosen = [one for one in mutants() if not parts or any(part in one.name for part in parts)]
    if not chosen:
        print("no mutant has such a name")
        return 1
    tests = tuple(sorted({test for mutant in chosen for test in mutant.tests}))
    print(f"{len(chosen)} mutants; first the product as it is: ", end="", flush=True)
    with tree() as copy:
        result = run(copy, tests, ALL)
    if result.returncode:
        print(f"its own tests fail, so they can show nothing.\n{result.stdout[-3000:]}")
        return 1
    print("its tests pass.")
    survivors = []
    copies: SimpleQueue[Path] = SimpleQueue()

    def one(mutant: Mutant) -> tuple[Mutant, str | None, float]:
        copy = copies.get()
        started = time.monotonic()
        try:
            return mutant, noticed(copy, mutant), time.monotonic() - started
        finally:
            copies.put(copy)

    with tree() as first, ThreadPoolExecutor(JOBS) as jobs:
        copies.put(first)
        for number in range(1, JOBS):
            further = first.with_name(f"tree-{number}")
            shutil.copytree(first, further)
            copies.put(further)
        for place, (mutant, by, seconds) in enumerate(jobs.map(one, chosen), 1):
            mark = "noticed" if by else "NOT NOTICED"
            print(f"{place:3}/{len(chosen)}  {mark:11}  {seconds:5.1f} s  {mutant.name}  ({by})", flush=True)
            if by is None:
                survivors.append(mutant.name)
    if survivors:
        print(f"{len(survivors)} of {len(chosen)} mutants live: {'; '.join(survivors)}")
    else:
        print(f"all {len(chosen)} mutants were noticed.")
    return len(survivors)


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
