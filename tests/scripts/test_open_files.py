"""`scripts/serve` raises its open-files limit: every parked poll holds a socket."""

import resource
import shutil
import subprocess
from pathlib import Path

SETUP = Path(__file__).resolve().parents[2] / "scripts" / "setup.sh"
BASH = shutil.which("bash") or "bash"


def limits(before: str) -> tuple[int, int]:
    """Soft and hard limit after raising them from what `before` sets."""
    script = f"source '{SETUP}' && {before} && raise_open_files && ulimit -Sn && ulimit -Hn"
    done = subprocess.run([BASH, "-c", script], capture_output=True, text=True, check=True)
    soft, hard = (
        resource.RLIM_INFINITY if line == "unlimited" else int(line) for line in done.stdout.split()
    )
    return soft, hard


def test_a_low_limit_is_raised_as_far_as_it_may() -> None:
    soft, hard = limits("ulimit -Sn 256")
    assert soft == 65536 or soft == hard


def test_where_nothing_can_be_raised_nothing_fails() -> None:
    assert limits("ulimit -Sn 256 && ulimit -Hn 256") == (256, 256)


def test_a_limit_is_never_lowered() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert before == resource.RLIM_INFINITY or limits(":")[0] >= before
