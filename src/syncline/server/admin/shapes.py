"""What the admin routes take and answer, as both ends know it."""

import msgspec


class NewAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /accounts. `role` is one of admin, agent, none."""

    email: str
    name: str | None = None
    local: str | None = None
    password: str | None = None
    role: str = "agent"


class AccountRow(msgspec.Struct, frozen=True):
    """One account; `made` in ms."""

    id: int
    email: str
    local: str
    name: str
    role: str
    closed: bool
    made: int


class NewPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /accounts/ACCOUNT/password."""

    password: str


class Erased(msgspec.Struct, frozen=True):
    """The answer of POST /accounts/ACCOUNT/erase."""

    id: int


class LinkFor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /invites and /links: whom it is for; an invite may be for anybody, and gives the role."""

    account: str | None = None
    role: str = "none"


class Link(msgspec.Struct, frozen=True):
    """A link to be opened in a browser."""

    url: str


class NewToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /tokens."""

    account: str
    scopes: tuple[str, ...]


class Secret(msgspec.Struct, frozen=True):
    """A new token, with its 64 characters that are shown only here."""

    id: int
    secret: str


class TokenRow(msgspec.Struct, frozen=True):
    """One token without its secret; `account` is the e-mail address."""

    id: int
    account: str
    scopes: tuple[str, ...]
    made: int


class Revoked(msgspec.Struct, frozen=True):
    """The answer of DELETE /tokens/ID."""

    id: int


class Status(msgspec.Struct, frozen=True):
    """GET /status: who owns the directory, and how far its log is."""

    pid: int
    version: str
    head: int
    epoch: str
    directory: str


class Mailbox(msgspec.Struct, frozen=True):
    """The answer of POST /mailbox: whose mails an import brings, and how many that account has."""

    account: int
    email: str
    mails: int


class Imported(msgspec.Struct, frozen=True):
    """The answer of POST /import: what became of the mails of a batch, and the threads that they are in."""

    messages: int
    copies: int
    kept_raw: int
    known: int
    threads: tuple[int, ...]


class ImportEnd(msgspec.Struct, frozen=True):
    """The answer of POST /import/end: how many threads these are now, after some were joined."""

    threads: int


class BackupTo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """POST /backup: an absolute path, a file or an existing directory."""

    path: str


class Sample(msgspec.Struct, frozen=True):
    """The answer of POST /sample: what a person needs to look around.

    `made` is False where the store held something already; then nothing but a fresh link was made.
    """

    made: bool
    email: str | None = None
    link: str | None = None
    token: str | None = None
    file: str | None = None
