"""`python -m bench [options]`: run all benchmark scripts one after the other, each in its own process."""

import subprocess
import sys
from pathlib import Path

NO_QUESTIONS = {"__init__", "__main__", "floor"}


def scripts() -> list[str]:
    """The names of all scripts."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in NO_QUESTIONS)


def main() -> int:
    """Run them all with the options given; how many failed."""
    failed = 0
    for name in scripts():
        done = subprocess.run([sys.executable, "-m", f"bench.{name}", *sys.argv[1:]], check=False)
        failed += done.returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
