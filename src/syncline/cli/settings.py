"""The configuration as a command sees it: the file, the environment, and what was said on the command line."""

from pathlib import Path
from typing import NamedTuple

from syncline.cli.where import Where
from syncline.config import Config


class Settings(NamedTuple):
    """What a command works with."""

    config: Config
    directory: Path


def settings(where: Where, **overrides: object) -> Settings:
    """Read the configuration; `overrides` are options by `section__name`, None meaning not said.

    Raises ConfigError (every fault, with its place).
    """
    from syncline.config import load

    said = {name.replace("__", ".", 1): value for name, value in overrides.items()}
    said["store.directory"] = where.data
    config = load(where.config, overrides=said)
    return Settings(config, config.store.directory)
