"""The configuration is checked as a whole, and every fault is told with its place and what was expected."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from syncline.config import OPTIONS, Config, ConfigError, Secret, load
from syncline.core.errors import Invalid

NOTHING: dict[str, str] = {}


def written(directory: Path, text: str) -> Path:
    """A configuration file."""
    path = directory / "syncline.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(path: Path | None = None, env: Mapping[str, str] = NOTHING) -> tuple[str, ...]:
    """What `load` complains of."""
    with pytest.raises(ConfigError) as caught:
        load(path, env)
    return caught.value.problems


def test_nothing_given_means_the_defaults() -> None:
    config = load(None, NOTHING)
    assert config == Config()
    assert (config.server.host, config.server.port) == ("127.0.0.1", 8080)
    assert config.accounts.registration == "closed"
    assert config.outgoing.allow_private is False


def test_the_environment_goes_before_the_file_and_a_command_before_both(tmp_path: Path) -> None:
    path = written(tmp_path, "[server]\nport = 1001\nhost = '127.0.0.2'\nname = 'file.example'\n")
    env = {"SYNCLINE_SERVER_PORT": "1002", "SYNCLINE_SERVER_HOST": "127.0.0.3"}
    server = load(path, env, {"server.port": 1003, "server.host": None}).server
    assert (server.port, server.host, server.name) == (1003, "127.0.0.3", "file.example")


def test_the_environment_can_name_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "[log]\nlevel = 'debug'\n")
    assert load(None, {"SYNCLINE_CONFIG": str(path)}).log.level == "debug"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[server]\nhost = '::1'\nprot = 1\n", 3),
        ("server.prot = 1\n", 1),
        ("# the server\nserver = { prot = 1 }\n", 2),
        ("[log]\nlevel = 'info'\n[server] # here\n'prot' = 1\n", 4),
    ],
)
def test_an_unknown_option_is_named_with_its_line_and_the_nearest_name(
    tmp_path: Path, text: str, line: int
) -> None:
    path = written(tmp_path, text)
    assert faults(path) == (f"{path}:{line}: there is no option server.prot; did you mean port?",)


def test_an_option_in_the_wrong_section_is_sent_to_the_right_one(tmp_path: Path) -> None:
    path = written(tmp_path, "[server]\nregistration = 'open'\n")
    assert faults(path) == (f"{path}:2: there is no option server.registration; it belongs in [accounts].",)


def test_an_unknown_section_is_named_with_the_nearest_name(tmp_path: Path) -> None:
    path = written(tmp_path, "[servers]\nport = 1\n")
    assert faults(path) == (f"{path}:1: there is no section [servers]; did you mean server?",)


def test_an_unknown_variable_is_named_with_the_nearest_name() -> None:
    assert faults(env={"SYNCLINE_SERVER_PROT": "1"}) == (
        "variable SYNCLINE_SERVER_PROT: there is no such option; did you mean SYNCLINE_SERVER_PORT?",
    )


def test_an_unknown_override_is_an_error_too() -> None:
    with pytest.raises(ConfigError, match=r"server\.prot.*server\.port\?") as caught:
        load(None, NOTHING, {"server.prot": 1})
    assert caught.value.field == "server.prot"


def test_variables_that_kubernetes_sets_for_a_service_named_syncline_are_no_options() -> None:
    env = {
        "SYNCLINE_SERVICE_HOST": "10.0.0.1",
        "SYNCLINE_SERVICE_PORT": "8080",
        "SYNCLINE_SERVICE_PORT_HTTP": "8080",
        "SYNCLINE_PORT": "tcp://10.0.0.1:8080",
        "SYNCLINE_PORT_8080_TCP": "tcp://10.0.0.1:8080",
        "SYNCLINE_PORT_8080_TCP_ADDR": "10.0.0.1",
    }
    assert load(None, env) == Config()


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("[server]\nport = '8080'", "server.port: expected a port number from 0 to 65535, got '8080'."),
        ("[server]\nport = 70000", "server.port: expected a port number from 0 to 65535, got 70000."),
        ("[server]\nport = true", "server.port: expected a port number from 0 to 65535, got True."),
        ("[server]\nname = 'a b'", "server.name: expected a host name, with a port if it needs one"),
        (
            "[server]\npublic_url = 'chat.example.org'",
            "server.public_url: expected an address such as https://",
        ),
        ("[server]\npublic_url = 'https://x.example/a'", "without a path, got 'https://x.example/a'."),
        ("[server]\nheader_timeout = nan", "server.header_timeout: expected a number of seconds above 0"),
        ("[server]\nheader_timeout = inf", "server.header_timeout: expected a number of seconds above 0"),
        ("[server]\nsingle_user = 'ann'", "server.single_user: expected an e-mail address, got 'ann'."),
        (
            "[server]\ntrusted_proxies = ['10.0.0.300']",
            "server.trusted_proxies: expected a list of addresses",
        ),
        ("[server]\ntrusted_proxies = '10.0.0.1'", "server.trusted_proxies: expected a list of addresses"),
        ("[log]\naccess = 1", "log.access: expected true or false, got 1."),
        ("[log]\nlevel = 'loud'", "log.level: expected debug, info, warning or error, got 'loud'."),
        ("[store]\ndirectory = ''", "store.directory: expected a path, got ''."),
    ],
)
def test_a_wrong_value_says_where_it_is_and_what_was_expected(
    tmp_path: Path, setting: str, expected: str
) -> None:
    path = written(tmp_path, setting)
    (fault,) = faults(path)
    assert fault.startswith(f"{path}:2: ")
    assert expected in fault


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, "[server]\nport = 'x'\nhots = 'y'\n")
    assert len(faults(path, {"SYNCLINE_LOG_LEVEL": "loud"})) == 3


def test_a_file_that_is_not_toml_is_named_with_the_line(tmp_path: Path) -> None:
    path = written(tmp_path, "[server]\nport = \n")
    (fault,) = faults(path)
    assert fault.startswith(f"{path}:2: this is not TOML: ")


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    assert faults(tmp_path / "nowhere.toml") == (
        f"The configuration {tmp_path / 'nowhere.toml'} cannot be read: No such file or directory.",
    )
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9\n")
    (fault,) = faults(tmp_path / "latin.toml")
    assert "it is not UTF-8" in fault


def test_a_byte_order_mark_of_an_editor_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "bom.toml"
    path.write_bytes(b"\xef\xbb\xbf[server]\r\nport = 1\r\n")
    assert load(path, NOTHING).server.port == 1


def test_text_of_a_variable_is_read_as_the_options_type() -> None:
    config = load(
        None,
        {
            "SYNCLINE_SERVER_PORT": "0",
            "SYNCLINE_SERVER_HEADER_TIMEOUT": "2.5",
            "SYNCLINE_SERVER_TRUSTED_PROXIES": "127.0.0.1, 10.1.2.3/8",
            "SYNCLINE_LOG_ACCESS": "off",
            "SYNCLINE_METRICS_ENABLED": "0",
            "SYNCLINE_METRICS_ALLOWED": "",
            "SYNCLINE_RELAY_HOST": "",
            "SYNCLINE_STORE_DIRECTORY": "/srv/syncline",
        },
    )
    assert (config.server.port, config.server.header_timeout) == (0, 2.5)
    assert config.server.trusted_proxies == ("127.0.0.1/32", "10.0.0.0/8")
    assert (config.log.access, config.metrics.enabled, config.metrics.allowed) == (False, False, ())
    assert config.relay.host is None
    assert config.store.directory == Path("/srv/syncline")


def test_a_relative_path_in_a_file_is_beside_that_file(tmp_path: Path) -> None:
    path = written(tmp_path, "[store]\ndirectory = 'log'\n")
    assert load(path, NOTHING).store.directory == tmp_path / "log"
    assert load(path, {"SYNCLINE_STORE_DIRECTORY": "log"}).store.directory == Path("log")


def test_options_that_need_each_other_are_set_together(tmp_path: Path) -> None:
    path = written(tmp_path, "[server]\ntls_key = 'key.pem'\n")
    assert faults(path) == (f"{path}:2: server.tls_key is set, so server.tls_certificate must be too.",)
    assert faults(env={"SYNCLINE_RELAY_USERNAME": "ann"}) == (
        "variable SYNCLINE_RELAY_USERNAME: relay.username and relay.password must be set together.",
    )


def test_a_public_address_has_one_form() -> None:
    url = load(None, {"SYNCLINE_SERVER_PUBLIC_URL": "https://Chat.Example.org:8443/"}).server.public_url
    assert url == "https://chat.example.org:8443"


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    """A configuration ends up in logs, bug reports and tracebacks."""
    config = load(None, {"SYNCLINE_RELAY_USERNAME": "ann", "SYNCLINE_RELAY_PASSWORD": "hunter2"})
    assert config.relay.password == Secret("hunter2")
    assert "hunter2" not in repr(config)
    (fault,) = faults(written(tmp_path, "[relay]\npassword = ['hunter2']\n"))
    assert "hunter2" not in fault


def test_a_configuration_fault_is_invalid_input_to_whoever_catches_it() -> None:
    with pytest.raises(Invalid):
        load(None, {"SYNCLINE_SERVER_PORT": "x"})


@pytest.mark.parametrize("key", OPTIONS)
def test_every_option_has_a_sentence_a_default_that_it_accepts_and_its_own_variable(key: str) -> None:
    option = OPTIONS[key]
    assert option.doc.endswith(".")
    assert option.rule.expected
    default = option.default
    if default is None:
        assert option.optional
        return
    assert load(None, NOTHING, {key: list(default) if option.many else default}) == Config()
    assert [one.variable for one in OPTIONS.values()].count(option.variable) == 1
