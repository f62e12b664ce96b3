"""All parts joined: the services over one store, and the one ASGI callable over the services."""

import logging
from typing import Final
from urllib.parse import urlsplit

import msgspec
from starlette.types import ASGIApp

from syncline import web
from syncline.config import Config
from syncline.core.ids import Id
from syncline.gateways.http.origins import origin_of
from syncline.gateways.http.outgoing import Outgoing
from syncline.gateways.mime.parsing import Parsing
from syncline.gateways.smtp.relay import Relay
from syncline.protocols import changes
from syncline.protocols.heliotrope import plugged as heliotrope
from syncline.server import health
from syncline.server.access_log import LOGGER, AccessLog, to_stderr
from syncline.server.application import Terms, edge
from syncline.server.hosts import Hosts
from syncline.server.limiter import Limiter
from syncline.server.metrics import ACCESS_DROPPED, HEAD, PARKED, Metrics
from syncline.server.peers import Proxies
from syncline.server.stopping import Stopping
from syncline.services.accounts import Accounts, Logins, Passwords, Registration, Sessions, Tokens
from syncline.services.conversations import Conversations
from syncline.services.conversations.board import UNLOCK
from syncline.services.delivery import Delivery
from syncline.services.devices import Devices
from syncline.services.mail import Mails
from syncline.services.people import People
from syncline.services.readers import Readers
from syncline.services.search import Search
from syncline.services.settings import Settings
from syncline.services.timers import Timers
from syncline.store.contract import Store
from syncline.store.sqlite.store import SqliteStore

PARTS: Final = (health.PART, changes.PART, heliotrope.PART, web.PART)
"""Everything that answers requests."""


class Services(msgspec.Struct, frozen=True):
    """What the protocols, the pages and the commands work with."""

    store: Store
    accounts: Accounts
    tokens: Tokens
    sessions: Sessions
    logins: Logins
    conversations: Conversations
    delivery: Delivery
    people: People
    mails: Mails
    search: Search
    parsing: Parsing
    relay: Relay
    settings: Settings
    devices: Devices
    readers: Readers
    timers: Timers
    outgoing: Outgoing
    limiter: Limiter
    metrics: Metrics
    stopping: Stopping
    config: Config
    single_user: Id | None = None
    """whoever reaches the server is this account (`server.single_user`)"""

    @property
    def public_url(self) -> str | None:
        """The address by which people reach the server, without a path; None: as the request says."""
        return self.config.server.public_url

    async def close(self) -> None:
        """Let go of the store, of threads and worker processes, and of outgoing connections."""
        await self.outgoing.close()
        await self.search.close()
        await self.parsing.close()
        self.accounts.release()
        self.delivery.close()
        self.tokens.close()
        self.sessions.close()
        self.logins.close()


def build(store: Store, config: Config, *, single_user: Id | None = None) -> Services:
    """Make the services over a store, on its loop. Readers and timers are started by who serves."""
    metrics = Metrics()
    delivery, stopping = Delivery(store), Stopping()
    stopping.on(delivery.shutdown)
    metrics.gauge(HEAD, lambda: store.head)
    metrics.gauge(PARKED, lambda: delivery.parked)
    conversations, timers = Conversations(store), Timers(store)
    timers.handle(UNLOCK, conversations.unlock_due)
    accounts = Accounts(store, Passwords(), registration=Registration(config.accounts.registration))
    limits = limiter(config)
    mails, readers, parsing = Mails(store), Readers(store), Parsing()
    # an opened store knows where it lies; what is made from the log lies beside it
    directory = store.directory if isinstance(store, SqliteStore) else config.store.directory
    search = Search(directory, store, readers, parsing.read, parsing.texts, mails.handover)
    accounts.scrub_also(search.scrub)
    return Services(
        store=store,
        accounts=accounts,
        tokens=Tokens(store),
        sessions=Sessions(store),
        logins=Logins(store, accounts, limits),
        conversations=conversations,
        delivery=delivery,
        people=People(store),
        mails=mails,
        search=search,
        parsing=parsing,
        relay=Relay(config.relay, name=config.server.name),
        settings=Settings(store),
        devices=Devices(store),
        readers=readers,
        timers=timers,
        outgoing=Outgoing(config.outgoing),
        limiter=limits,
        metrics=metrics,
        stopping=stopping,
        config=config,
        single_user=single_user,
    )


def limiter(config: Config) -> Limiter:
    """The limiter that the configuration asks for."""
    server = config.server
    if not server.rate_limits:
        return Limiter(address_rate=0, account_rate=0, guess_rate=0)
    return Limiter(
        address_rate=server.address_rate,
        address_burst=server.address_burst,
        account_rate=server.account_rate,
        account_burst=server.account_burst,
        guess_rate=server.guess_rate,
        guess_burst=server.guess_burst,
    )


def application(services: Services, config: Config, *, access: AccessLog | None = None) -> ASGIApp:
    """The one ASGI callable. `access` None: a log is kept if `log.access` and the logger's level say so."""
    if access is None and config.log.access and logging.getLogger(LOGGER).isEnabledFor(logging.INFO):
        to_stderr(logging.getLogger(LOGGER))
        access = AccessLog()
    if access is not None:
        log = access
        services.metrics.gauge(ACCESS_DROPPED, lambda: log.dropped)
    server = config.server
    own = {origin_of(server.public_url)} if server.public_url else set()
    terms = Terms(
        max_body=server.max_body,
        proxies=Proxies(server.trusted_proxies),
        hosts=Hosts(
            server.host,
            public_url=server.public_url,
            name=urlsplit(f"//{server.name}").hostname,
            single_user=services.single_user is not None,
        ),
        own_origins=frozenset(origin for origin in own if origin is not None),
    )
    return edge(PARTS, services, terms, limiter=services.limiter, metrics=services.metrics, access=access)
