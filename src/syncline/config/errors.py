"""What is wrong with a configuration."""

from collections.abc import Sequence
from typing import ClassVar

from syncline.core.errors import Invalid


class ConfigError(Invalid):
    """The configuration cannot be used; `problems` holds a sentence for each fault, with its place."""

    code: ClassVar[str] = "invalid_configuration"

    def __init__(self, problems: Sequence[str], *, field: str | None = None) -> None:
        """Tell all the faults at once; `field` is the option (`server.port`) where there is only one."""
        super().__init__("\n".join(problems), field=field)
        self.problems = tuple(problems)
