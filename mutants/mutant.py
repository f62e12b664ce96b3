"""What a mutant is, and the files that name them."""

import tomllib
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "mutants"


class Mutant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way to break the product.

    In `file` (below the checkout) the text `old`, which stands there exactly once, becomes `new`. At least
    one of `tests` (arguments to pytest) must fail then.
    """

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def apply(self, tree: Path) -> None:
        """Break a copy of the tree; raises ValueError unless the old text stands there once."""
        path = tree / self.file
        text = path.read_text()
        if text.count(self.old) != 1:
            raise ValueError(f"{self.file} holds the old text of “{self.name}” {text.count(self.old)} times")
        path.write_text(text.replace(self.old, self.new))


class _File(msgspec.Struct, forbid_unknown_fields=True):
    mutant: list[Mutant]


def mutants() -> list[Mutant]:
    """All mutants, by area; their names are unique."""
    found = [
        mutant
        for path in sorted(FOLDER.glob("*.toml"))
        for mutant in msgspec.convert(tomllib.loads(path.read_text()), _File).mutant
    ]
    names = [mutant.name for mutant in found]
    doubled = {name for name in names if names.count(name) > 1}
    if doubled:
        raise ValueError(f"two mutants have one name: {', '.join(sorted(doubled))}")
    return found
