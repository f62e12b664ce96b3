"""Each benchmark script runs in its smoke size and fills its rows; no figure is judged."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from bench.__main__ import scripts

ROOT = Path(__file__).parents[2]
ROWS = {
    "commits": ("W2",),
    "delta": ("P6",),
    "first_sync": ("F1",),
    "imports": ("M1", "S2"),
    "latency": ("P5",),
    "mail": ("M2", "M3", "M4", "M5", "S1"),
    "memory": ("S1", "S3"),
    "parked": ("P3", "P4"),
    "polls": ("P1", "P2"),
    "sends": ("W1",),
}


def test_every_script_has_its_rows() -> None:
    """A new script must be smoked too."""
    assert scripts() == sorted(ROWS)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_script_runs_in_its_smoke_size(name: str, tmp_path: Path) -> None:
    """A benchmark that broke unnoticed would be found on the day its figure is needed."""
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{name}", "--smoke", "--seeds", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200", "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for row in ROWS[name]:
        assert f" {row} " in done.stdout
