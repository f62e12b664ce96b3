"""Which workspace a command means: the options that all commands share."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

DEFAULT_DATA: Final = Path("data")


@Parameter(name="*")
@dataclass(frozen=True)
class Where:
    """The data directory and the configuration file; both have defaults."""

    data: Annotated[Path | None, Parameter(env_var="SYNCLINE_DATA", group="Workspace")] = None
    """Data directory (default: ./data)."""
    config: Annotated[Path | None, Parameter(group="Workspace")] = None
    """Configuration file (TOML)."""


HERE: Final = Where()
"""The default workspace."""
