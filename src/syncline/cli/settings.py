"""The configuration as a command sees it: the file, the environment, and the command line."""

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


def public_url(config: Config, *, port: int | None = None) -> str:
    """The address for links, without a slash at its end: server.public_url, else host and port."""
    server = config.server
    if server.public_url is not None:
        return server.public_url.rstrip("/")
    host = "127.0.0.1" if server.host in ("0.0.0.0", "::", "") else server.host  # noqa: S104
    shown = f"[{host}]" if ":" in host else host
    scheme = "http" if server.tls_certificate is None else "https"
    return f"{scheme}://{shown}:{server.port if port is None else port}"
