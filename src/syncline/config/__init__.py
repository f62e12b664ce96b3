"""The configuration: one TOML file and environment variables, checked as a whole before anything starts."""

from syncline.config.errors import ConfigError
from syncline.config.load import load
from syncline.config.options import OPTIONS, RESERVED, SECTIONS, Option
from syncline.config.sections import Accounts, Config, Log, Metrics, Outgoing, Relay, Server, Store
from syncline.config.values import Secret

__all__ = [
    "OPTIONS",
    "RESERVED",
    "SECTIONS",
    "Accounts",
    "Config",
    "ConfigError",
    "Log",
    "Metrics",
    "Option",
    "Outgoing",
    "Relay",
    "Secret",
    "Server",
    "Store",
    "load",
]
