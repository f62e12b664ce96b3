"""Reads the configuration: defaults, below the file, below the environment, below what a command was told."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from syncline.config.errors import ConfigError
from syncline.config.lines import line_of
from syncline.config.options import OPTIONS, PREFIX, RESERVED, SECTIONS, Option
from syncline.config.sections import Config
from syncline.config.values import Secret

_SWITCHES: Final = {"on": True, "yes": True, "off": False, "no": False}
_KUBERNETES: Final = re.compile(
    r"SYNCLINE_(SERVICE_(HOST|PORT)(_\w+)?|PORT(_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)?)\Z"
)
"""Kubernetes sets these in every pod beside a service that is named syncline; they are no options of ours."""


class Given(NamedTuple):
    """A value as somebody gave it, and where."""

    value: Any
    place: str
    text: bool = False
    """Whether it comes as text (a variable), to be read as the option's type."""
    base: Path = Path()
    """What a relative path is relative to."""


def load(
    path: Path | None = None,
    env: Mapping[str, str] = os.environ,
    overrides: Mapping[str, object] | None = None,
) -> Config:
    """The configuration of a file, an environment and a command's own options; raises ConfigError.

    `overrides` has keys such as `server.port`; a value of None counts as not given. Without `path` the file
    is the one that SYNCLINE_CONFIG names, if it does. Relative paths are relative to the file that holds
    them, else to the current directory. The error tells every fault at once.
    """
    if path is None and env.get("SYNCLINE_CONFIG"):
        path = Path(env["SYNCLINE_CONFIG"])
    problems: list[str] = []
    given: dict[str, Given] = {}
    if path is not None:
        given |= _from_file(path, problems)
    given |= _from_environment(env, problems)
    for key, value in (overrides or {}).items():
        if value is not None:
            given[_known(key)] = Given(value, f"option {key}")
    values: dict[str, dict[str, Any]] = {name: {} for name in SECTIONS}
    for key, one in given.items():
        option = OPTIONS[key]
        try:
            values[option.section][option.name] = _read(option, one)
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise ConfigError(problems)
    return _assemble(values, given)


def _known(key: str) -> str:
    if key not in OPTIONS:
        raise ConfigError([f"There is no option {key}{_nearest(key, list(OPTIONS))}"], field=key)
    return key


def _from_file(path: Path, problems: list[str]) -> dict[str, Given]:
    try:
        # Editors on Windows begin a file with a byte order mark.
        text = path.read_text(encoding="utf-8-sig")
        content = tomllib.loads(text)
    except OSError as error:
        raise ConfigError([f"The configuration {path} cannot be read: {error.strerror}."]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path}: it is not UTF-8 (byte {error.start})."]) from error
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column \d+\)", str(error))
        where = f"{path}:{place[1]}" if place else f"{path}"
        raise ConfigError([f"{where}: this is not TOML: {error}."]) from error

    def at(section: str, option: str | None = None) -> str:
        line = line_of(text, section, option)
        return f"{path}:{line}" if line else f"{path}"

    found: dict[str, Given] = {}
    for section, table in content.items():
        if section not in SECTIONS:
            hint = _belongs(section) or _nearest(section, list(SECTIONS))
            problems.append(f"{at(section)}: there is no section [{section}]{hint}")
        elif not isinstance(table, dict):
            problems.append(
                f"{at(section)}: {section} is a section: write [{section}] and its options below."
            )
        else:
            for name, value in table.items():
                key = f"{section}.{name}"
                if key in OPTIONS:
                    found[key] = Given(value, at(section, name), base=path.parent)
                    continue
                siblings = [option.name for option in OPTIONS.values() if option.section == section]
                hint = _belongs(name) or _nearest(name, siblings)
                problems.append(f"{at(section, name)}: there is no option {key}{hint}")
    return found


def _from_environment(env: Mapping[str, str], problems: list[str]) -> dict[str, Given]:
    variables = {option.variable: key for key, option in OPTIONS.items()}
    found: dict[str, Given] = {}
    for name, value in sorted(env.items()):
        if not name.startswith(PREFIX) or name in RESERVED or _KUBERNETES.match(name):
            continue
        if name in variables:
            found[variables[name]] = Given(value, f"variable {name}", text=True)
        else:
            hint = _nearest(name, [*variables, *RESERVED])
            problems.append(f"variable {name}: there is no such option{hint}")
    return found


def _nearest(name: str, known: list[str]) -> str:
    """The end of the sentence: what was probably meant, if a name is near."""
    from difflib import get_close_matches  # only a mistake pays for it

    folded = {one.casefold().replace("-", "_"): one for one in known}
    near = get_close_matches(name.casefold().replace("-", "_"), folded, n=1)
    return f"; did you mean {folded[near[0]]}?" if near else "."


def _belongs(name: str) -> str:
    """The end of the sentence for an option of another section; nothing where there is none."""
    homes = [option.section for option in OPTIONS.values() if option.name == name]
    return f"; it belongs in [{homes[0]}]." if homes else ""


def _read(option: Option, given: Given) -> Any:
    """The value in the option's type; raises ValueError with the sentence for the user."""
    raw = _from_text(option, given.value) if given.text else given.value
    if isinstance(raw, Path):
        raw = str(raw)
    try:
        if isinstance(raw, float) and raw != raw:  # NaN passes every bound
            raise ValueError
        value = msgspec.convert(raw, option.type, strict=not given.text, dec_hook=_own_types)
        if value is not None and option.rule.check is not None:
            value = option.rule.check(value)
    except ValueError as error:
        got = "something else" if option.secret else f"{given.value!r}"
        raise ValueError(
            f"{given.place}: {option.key}: expected {option.rule.expected}, got {got}."
        ) from error
    if isinstance(value, Path):
        return given.base / value.expanduser()
    return value


def _from_text(option: Option, text: str) -> Any:
    """What a variable's text stands for; an empty one unsets what can be unset."""
    if not text and option.optional:
        return None
    if option.many:
        return [part.strip() for part in text.split(",") if part.strip()]
    if option.kind is bool:
        return _SWITCHES.get(text.casefold(), text)
    return text


def _own_types(type: Any, value: Any) -> Any:
    if type is Secret and isinstance(value, str):
        return Secret(value)
    if type is Path and isinstance(value, str) and value:
        return Path(value)
    raise ValueError


def _assemble(values: Mapping[str, Mapping[str, Any]], given: Mapping[str, Given]) -> Config:
    """The sections, with the rules that need more than one option."""
    problems: list[str] = []
    made: dict[str, Any] = {}
    for name, section in SECTIONS.items():
        try:
            made[name] = section(**values[name])
        except ValueError as error:
            place = next(one.place for key, one in given.items() if key.startswith(f"{name}."))
            problems.append(f"{place}: {error}.")
    if problems:
        raise ConfigError(problems)
    return Config(**made)
