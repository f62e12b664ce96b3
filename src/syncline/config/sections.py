"""All options: a struct for each section of the file, with type, default and one sentence for each option.

The sentences are data: docs/configuration.md is made of them.
"""

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from syncline.config.values import (
    Address,
    Burst,
    Bytes,
    Counted,
    Email,
    Host,
    Networks,
    Origin,
    Port,
    Rate,
    Seconds,
    Secret,
    ServerName,
)


def doc(sentence: str) -> Meta:
    """The sentence that says what an option is for."""
    return Meta(description=sentence)


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of all sections."""


class Server(Section, frozen=True):
    """Where Syncline listens, under which name, and what it lets in."""

    host: Annotated[Host, doc("The address to listen on; 0.0.0.0 or :: means all of the machine's.")] = (
        "127.0.0.1"
    )
    port: Annotated[Port, doc("The port to listen on; 0 takes a free one.")] = 8080
    name: Annotated[
        ServerName,
        doc("The workspace's name in ids such as @ann:name; it must stay the same once there are accounts."),
    ] = "localhost"
    public_url: Annotated[
        Origin | None,
        doc("The address by which people and clients reach the server, for links; without it host and port."),
    ] = None
    trusted_proxies: Annotated[
        Networks,
        doc("The proxies whose X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host are believed."),
    ] = ()
    tls_certificate: Annotated[
        Path | None, doc("The certificate chain (PEM) to serve HTTPS with; it needs tls_key as well.")
    ] = None
    tls_key: Annotated[Path | None, doc("The private key (PEM) of tls_certificate.")] = None
    single_user: Annotated[
        Email | None,
        doc(
            "Whoever reaches the server is this account, without signing in; only for a machine of your own."
        ),
    ] = None
    max_body: Annotated[Bytes, doc("The largest body of a request, in bytes.")] = 64 * 1024 * 1024
    max_header: Annotated[
        Bytes, doc("The largest head of a request (its first line and headers), in bytes.")
    ] = 64 * 1024
    header_timeout: Annotated[Seconds, doc("Seconds within which the head of a request must arrive.")] = 10.0
    request_timeout: Annotated[
        Seconds, doc("Seconds within which the body of a request must arrive; long polls may wait beyond it.")
    ] = 60.0
    keep_alive_timeout: Annotated[
        Seconds, doc("Seconds that an idle connection is kept; more than what a proxy in front keeps it.")
    ] = 75.0
    graceful_timeout: Annotated[
        Seconds, doc("Seconds that running requests get to end when the server stops.")
    ] = 10.0
    rate_limits: Annotated[bool, doc("Whether the rates below are held.")] = True
    address_rate: Annotated[
        Rate, doc("Requests a second from one address in the long run; 0 means no limit (loopback has none).")
    ] = 100.0
    address_burst: Annotated[Burst, doc("Requests that one address may make at once.")] = 1000.0
    account_rate: Annotated[
        Rate, doc("Requests a second of one account in the long run; 0 means no limit.")
    ] = 50.0
    account_burst: Annotated[Burst, doc("Requests that one account may make at once.")] = 500.0
    guess_rate: Annotated[
        Rate,
        doc("Wrong passwords a second for one login from one network in the long run; 0 means no limit."),
    ] = 0.1
    guess_burst: Annotated[Burst, doc("Wrong passwords that may be tried at once.")] = 10.0

    def __post_init__(self) -> None:
        """A certificate is nothing without its key."""
        if (self.tls_certificate is None) != (self.tls_key is None):
            given, missing = ("tls_key", "tls_certificate")
            if self.tls_key is None:
                given, missing = missing, given
            raise ValueError(f"server.{given} is set, so server.{missing} must be too")


class Accounts(Section, frozen=True):
    """Who may get an account, and what a new one may do."""

    registration: Annotated[
        Literal["closed", "invite", "open"],
        doc("Who may make an account: nobody but the operator, whoever has an invitation, or everybody."),
    ] = "closed"


class Store(Section, frozen=True):
    """Where the log is kept."""

    directory: Annotated[
        Path, doc("The data directory; one process owns it. The option --data goes before this.")
    ] = Path("data")


class Log(Section, frozen=True):
    """What the server writes to its standard error."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"], doc("The least important lines that are written.")
    ] = "info"
    access: Annotated[bool, doc("Whether each request is written, without the values of secrets.")] = True


class Metrics(Section, frozen=True):
    """Numbers for Prometheus, at /metrics."""

    enabled: Annotated[bool, doc("Whether /metrics answers.")] = True
    allowed: Annotated[
        Networks, doc("The addresses that may read /metrics; behind a trusted proxy the client's own counts.")
    ] = ("127.0.0.0/8", "::1/128")


class Outgoing(Section, frozen=True):
    """Requests that Syncline itself makes: hooks, previews, pictures."""

    connect_timeout: Annotated[Seconds, doc("Seconds within which a connection must stand.")] = 5.0
    timeout: Annotated[Seconds, doc("Seconds within which the whole answer must be there.")] = 30.0
    max_bytes: Annotated[Bytes, doc("The largest answer that is read, in bytes.")] = 20 * 1024 * 1024
    allow_private: Annotated[
        bool,
        doc("Whether addresses of private networks may be asked; whoever sets a hook can then reach them."),
    ] = False


class Relay(Section, frozen=True):
    """The SMTP server that mail is sent through; without a host nothing can be mailed."""

    host: Annotated[Host | None, doc("The relay's host name.")] = None
    port: Annotated[Port, doc("The relay's port: 587 with starttls, 465 with tls, as a rule.")] = 587
    username: Annotated[str | None, doc("The login at the relay, if it wants one.")] = None
    password: Annotated[Secret | None, doc("The password of that login.")] = None
    tls: Annotated[
        Literal["starttls", "tls", "none"],
        doc("How the connection is made safe; none only for a relay nearby."),
    ] = "starttls"
    sender: Annotated[
        Email | None, doc("The address in MAIL FROM; without it the address of the account that writes.")
    ] = None

    def __post_init__(self) -> None:
        """A login has two halves."""
        if (self.username is None) != (self.password is None):
            raise ValueError("relay.username and relay.password must be set together")


class Fleep(Section, frozen=True):
    """What clients of the Fleep messenger find here."""

    support: Annotated[
        bool, doc("Whether everybody who comes with such a client finds a welcome by a support contact.")
    ] = True
    support_name: Annotated[str, doc("The name of the support contact.")] = "Syncline Support"
    send_burst: Annotated[Burst, doc("Messages that one account may send at once.")] = 60.0
    send_rate: Annotated[
        Rate, doc("Messages a second that one account may send in the long run; 0 means no limit.")
    ] = 1.0
    resets_an_hour: Annotated[
        Counted, doc("Password resets in an hour for one account or from one network; 0 means no limit.")
    ] = 5
    codes_an_hour: Annotated[
        Counted, doc("Registration codes in an hour from one network; 0 means no limit.")
    ] = 20
    min_api_version: Annotated[
        Counted, doc("Clients with an older api_version are told to upgrade; 0 lets all in.")
    ] = 0
    upgrade_url: Annotated[
        Address | None, doc("Where such clients are sent for a newer version; without it nowhere.")
    ] = None
    call_url: Annotated[
        Address | None,
        doc("Where a conversation's calls are held, with {key} for its own part; without it nowhere."),
    ] = None
    previews: Annotated[
        bool, doc("Whether the server asks for the pages of links in messages, to show their titles.")
    ] = False
    system_user: Annotated[
        str | None, doc("The login of test suites at /api/sys/, where they make accounts and move the clock.")
    ] = None
    system_password: Annotated[
        Secret | None, doc("The password of that login; without the two nothing answers there.")
    ] = None

    def __post_init__(self) -> None:
        """A login has two halves."""
        if (self.system_user is None) != (self.system_password is None):
            raise ValueError("fleep.system_user and fleep.system_password must be set together")


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """The whole configuration; an empty file means all defaults."""

    server: Server = msgspec.field(default_factory=Server)
    accounts: Accounts = msgspec.field(default_factory=Accounts)
    store: Store = msgspec.field(default_factory=Store)
    log: Log = msgspec.field(default_factory=Log)
    metrics: Metrics = msgspec.field(default_factory=Metrics)
    outgoing: Outgoing = msgspec.field(default_factory=Outgoing)
    relay: Relay = msgspec.field(default_factory=Relay)
    fleep: Fleep = msgspec.field(default_factory=Fleep)
