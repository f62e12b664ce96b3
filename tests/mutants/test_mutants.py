"""Mutants are kept alive: each one's place is still there. `scripts/mutants` runs them."""

import subprocess
from pathlib import Path

import pytest
from mutants.mutant import ROOT, Mutant, mutants


@pytest.mark.parametrize("mutant", mutants(), ids=lambda mutant: mutant.name)
def test_a_mutant_can_still_be_made(mutant: Mutant) -> None:
    """Its old text stands there exactly once, the new one is other Python, and its tests exist."""
    text = (ROOT / mutant.file).read_text()
    assert text.count(mutant.old) == 1
    assert mutant.old != mutant.new
    compile(text.replace(mutant.old, mutant.new), mutant.file, "exec")
    for test in mutant.tests:
        assert (ROOT / test.split("::")[0]).exists()


def test_a_mutant_whose_place_is_gone_is_said(tmp_path: Path) -> None:
    """Else it would be noticed by nobody, or for ever."""
    (tmp_path / "file.py").write_text("a = 1\na = 1\n")
    for old in ("a = 1", "b = 2"):
        with pytest.raises(ValueError, match="times"):
            Mutant("any", "file.py", old, "c", ()).apply(tmp_path)


def test_the_script_is_there() -> None:
    """`scripts/mutants` can be read by bash."""
    assert subprocess.run(["bash", "-n", str(ROOT / "scripts" / "mutants")], check=False).returncode == 0
