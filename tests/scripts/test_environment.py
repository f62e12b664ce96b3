"""`.venv` is exactly what the lock says: made once, made anew when unfinished, moved or out of date."""

import importlib.util
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from scripts import environment

HERE = "/usr/bin/python3.11"


class Recorder:
    """Stands for `run`: notes each command, makes what `venv` makes, and fails where it is told to."""

    def __init__(self, *failing: str) -> None:
        """Fail every command that holds one of these texts."""
        self.failing = failing
        self.commands: list[str] = []

    def __call__(self, *command: str, quiet: bool = False) -> bool:
        """Note a command."""
        line = " ".join(command)
        if any(text in line for text in self.failing):
            return False
        self.commands.append(line)
        if "venv" in command[1:4]:
            environment.VENV.mkdir()
        return True

    def installed(self) -> list[str]:
        """What was installed, by the last word of each command."""
        return [line.rsplit(" ", 1)[-1] for line in self.commands if " install " in line]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of its own, with this one's lock."""
    for name in ("pyproject.toml", environment.RUN, environment.DEV):
        (tmp_path / name).write_bytes((environment.ROOT / name).read_bytes())
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(environment, "STAMP", tmp_path / ".venv" / "stamp.json")
    return tmp_path


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """All commands work and do nothing."""
    recorder = Recorder()
    monkeypatch.setattr(environment, "run", recorder)
    return recorder


def is_current(*, dev: bool = False, asked: str | None = None) -> bool:
    """What `check` would say."""
    locks = (environment.RUN, environment.DEV) if dev else (environment.RUN,)
    return environment.current(environment.read_stamp(), *locks, asked=asked)


@pytest.mark.usefixtures("checkout")
def test_what_was_made_is_not_made_again(runs: Recorder) -> None:
    environment.make(dev=True, asked=None)
    assert runs.installed() == [environment.RUN, ".", environment.DEV]
    assert is_current(dev=True)
    runs.commands.clear()
    environment.make(dev=True, asked=None)
    environment.make(dev=False, asked=None)
    assert runs.installed() == []


@pytest.mark.usefixtures("checkout")
def test_the_tests_tools_are_added_to_what_serve_has_made(runs: Recorder) -> None:
    environment.make(dev=False, asked=None)
    assert runs.installed() == [environment.RUN, "."]
    assert not is_current(dev=True)
    runs.commands.clear()
    environment.make(dev=True, asked=None)
    assert runs.installed() == [environment.DEV]
    assert is_current(dev=True)


@pytest.mark.usefixtures("runs")
def test_an_unfinished_one_is_made_anew(checkout: Path) -> None:
    """Ctrl-C, or a full disk, in the middle of the installation."""
    (checkout / ".venv" / "lib").mkdir(parents=True)
    assert not is_current()
    environment.make(dev=False, asked=None)
    assert not (checkout / ".venv" / "lib").exists()
    assert is_current()


def test_one_whose_installation_fails_is_left_unfinished(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "run", Recorder(f"-r {environment.RUN}"))
    with pytest.raises(environment.Failed, match="package index"):
        environment.make(dev=False, asked=None)
    assert (checkout / ".venv").is_dir()
    assert not is_current()


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize("name", [environment.RUN, environment.DEV, "pyproject.toml"])
def test_a_changed_lock_makes_it_anew(checkout: Path, name: str) -> None:
    environment.make(dev=True, asked=None)
    (checkout / ".venv" / "old").touch()
    text = (checkout / name).read_text(encoding="utf-8")
    (checkout / name).write_text(text.replace('version = "', 'version = "9') + "\n", encoding="utf-8")
    assert not is_current(dev=True)
    environment.make(dev=True, asked=None)
    assert not (checkout / ".venv" / "old").exists()
    assert is_current(dev=True)


@pytest.mark.usefixtures("runs")
def test_a_setting_of_a_tool_in_pyproject_does_not(checkout: Path) -> None:
    environment.make(dev=False, asked=None)
    with (checkout / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n[tool.mine]\nx = 1\n")
    assert is_current()


@pytest.mark.usefixtures("runs")
def test_one_that_was_moved_with_its_checkout_is_made_anew(checkout: Path) -> None:
    """Its scripts and the link to Syncline hold the old path."""
    environment.make(dev=False, asked=None)
    stamp = json.loads(environment.STAMP.read_bytes())
    environment.STAMP.write_text(json.dumps(stamp | {"root": str(checkout / "before")}), encoding="utf-8")
    assert not is_current()


@pytest.mark.usefixtures("checkout", "runs")
def test_another_python_that_the_user_asks_for_makes_it_anew() -> None:
    environment.make(dev=False, asked="/opt/one/bin/python3.12")
    assert is_current()
    assert is_current(asked="/opt/one/bin/python3.12")
    assert not is_current(asked="/opt/other/bin/python3.12")


def commands(
    monkeypatch: pytest.MonkeyPatch, *failing: str, modules: Sequence[str] = (), uv: bool = False
) -> Recorder:
    """A machine on which commands fail, modules are missing, and uv is there or not."""
    recorder = Recorder(*failing)
    monkeypatch.setattr(environment, "run", recorder)
    monkeypatch.setattr(sys, "executable", HERE)
    monkeypatch.setattr(environment, "uv_command", lambda: "/bin/uv" if uv else None)
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in modules else real(name))
    return recorder


def test_without_ensurepip_the_systems_pip_works_for_it(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian's python3 without python3-venv; its pip is 22.3 or newer, so it knows --python."""
    ours = str(checkout / ".venv/bin/python")
    recorder = commands(monkeypatch, f"{ours} -m pip", modules=["ensurepip"])
    environment.make(dev=False, asked=None)
    assert recorder.commands[0] == f"{HERE} -m venv --clear --without-pip {checkout}/.venv"
    installs = [line for line in recorder.commands if " install " in line]
    assert all(line.startswith(f"{HERE} -m pip --python {ours} install ") for line in installs)
    assert "--require-hashes --only-binary :all: -r requirements.txt" in installs[0]
    assert installs[1].endswith("--no-build-isolation --no-deps -e .")


def test_without_any_pip_uv_does_it(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = commands(monkeypatch, "-m pip", "pip3 ", "pip --python", modules=["ensurepip"], uv=True)
    environment.make(dev=False, asked=None)
    installs = [line for line in recorder.commands if " install " in line]
    assert all(
        line.startswith(f"/bin/uv pip install --python {checkout}/.venv/bin/python ") for line in installs
    )
    assert "--require-hashes --only-binary :all: -r requirements.txt" in installs[0]


def test_without_the_module_venv_uv_does_that_too(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = commands(monkeypatch, modules=["venv", "ensurepip"], uv=True)
    environment.make(dev=False, asked=None)
    assert recorder.commands[0] == f"/bin/uv venv --quiet --clear --python {HERE} {checkout}/.venv"


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("modules", [["ensurepip"], ["venv", "ensurepip"]])
def test_without_all_of_them_one_sentence_names_the_package(
    monkeypatch: pytest.MonkeyPatch, modules: list[str]
) -> None:
    commands(monkeypatch, "-m pip", "pip3 ", "pip --python", modules=modules)
    minor = sys.version_info.minor
    with pytest.raises(
        environment.Failed, match=rf"install python3\.{minor}-venv .*or uv, and start again\.$"
    ):
        environment.make(dev=False, asked=None)


def test_index_and_proxy_stay_and_what_would_lead_wheels_astray_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "http://index.example/simple")
    monkeypatch.setenv("PIP_FIND_LINKS", "/wheels")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://mine.example/simple")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    monkeypatch.setenv("PIP_TARGET", "/elsewhere")
    monkeypatch.setenv("PIP_USER", "1")
    variables = environment.environment()
    assert variables["PIP_INDEX_URL"] == "http://index.example/simple"
    assert variables["HTTPS_PROXY"] == "http://proxy.example"
    assert variables["UV_DEFAULT_INDEX"] == "http://mine.example/simple", "uv's own setting goes before pip's"
    assert variables["UV_FIND_LINKS"] == "/wheels", "uv reads nothing of pip's"
    assert "PIP_TARGET" not in variables
    assert variables["PIP_USER"] == "0"


def test_without_a_home_nothing_is_cached_where_we_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pip would make a directory that is named "~"."""
    for name in ("XDG_CACHE_HOME", "PIP_CACHE_DIR", "UV_CACHE_DIR", "PIP_NO_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert "PIP_NO_CACHE_DIR" not in environment.environment()
    monkeypatch.setenv("HOME", str(tmp_path / "missing"))
    assert environment.environment()["PIP_NO_CACHE_DIR"] == "1"
