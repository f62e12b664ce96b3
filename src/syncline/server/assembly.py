"""All services over one store. Commands need no more; what answers requests is joined in `plugged`."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import msgspec

from syncline.config import Config
from syncline.core.handles import Handles
from syncline.core.ids import Id
from syncline.gateways.http.outgoing import Outgoing
from syncline.gateways.mime.parsing import Parsing
from syncline.gateways.smtp.notices import Notices
from syncline.gateways.smtp.relay import Relay
from syncline.server.limiter import Limiter
from syncline.server.metrics import HEAD, PARKED, Metrics
from syncline.server.stopping import Stopping
from syncline.services.accounts import Accounts, Logins, Passwords, Registration, Sessions, Tokens
from syncline.services.accounts.confirmations import Confirmations
from syncline.services.accounts.tokens import clock
from syncline.services.conversations import Conversations
from syncline.services.conversations.board import UNLOCK
from syncline.services.conversations.renaming import RENAME, rename_due
from syncline.services.conversations.snoozing import SNOOZE, snooze_due
from syncline.services.delivery import Delivery
from syncline.services.devices import Devices
from syncline.services.hooks import AUTOMATION, Hooks, Queueing
from syncline.services.hooks import Outgoing as HookTargets
from syncline.services.labels.known import KnownLabels
from syncline.services.labels.service import Labels
from syncline.services.labels.settling import SETTLE
from syncline.services.mail import Mails
from syncline.services.overviews import Overviews
from syncline.services.people import KnownProfiles, LastSeen, People
from syncline.services.previews import AUTOMATION as PREVIEWS
from syncline.services.previews import Noticing
from syncline.services.readers import Readers
from syncline.services.search import Search
from syncline.services.settings import Settings
from syncline.services.timers import Timers
from syncline.services.welcome import Welcome
from syncline.store.contract import Store
from syncline.store.sqlite.store import SqliteStore

T = TypeVar("T")


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
    last_seen: LastSeen
    confirmations: Confirmations
    welcome: Welcome
    hooks: Hooks
    hook_targets: HookTargets
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
    handles: Handles
    overviews: Overviews
    profiles: KnownProfiles
    labels: Labels
    known_labels: KnownLabels
    made: dict[str, Any]
    """what protocols made once for all their routes"""
    single_user: Id | None = None
    """whoever reaches the server is this account (`server.single_user`)"""

    @property
    def public_url(self) -> str | None:
        """The address by which people reach the server, without a path; None: as the request says."""
        return self.config.server.public_url

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What a protocol makes once for all its routes, under the protocol's name."""
        if name not in self.made:
            self.made[name] = make()
        return cast("T", self.made[name])

    async def close(self) -> None:
        """Let go of the store, of threads and worker processes, and of outgoing connections."""
        await self.outgoing.close()
        await self.search.close()
        await self.parsing.close()
        await self.last_seen.close()
        self.accounts.release()
        self.delivery.close()
        self.hook_targets.close()
        self.overviews.close()
        self.profiles.close()
        self.known_labels.close()
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
    conversations, timers, labels = Conversations(store), Timers(store), Labels(store)
    timers.handle(UNLOCK, conversations.unlock_due)
    timers.handle(SNOOZE, snooze_due)
    timers.handle(RENAME, rename_due)
    timers.handle(SETTLE, labels.settle_due)
    passwords, registration = Passwords(), Registration(config.accounts.registration)
    accounts = Accounts(store, passwords, registration=registration)
    relay, place = Relay(config.relay, name=config.server.name), config.server.name
    limits = limiter(config)
    mails, readers, parsing = Mails(store), Readers(store), Parsing()
    targets = HookTargets(store)
    readers.automation(AUTOMATION, Queueing(targets))
    readers.automation(PREVIEWS, Noticing(listing=config.fleep.previews))
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
        last_seen=LastSeen(store, clock),
        confirmations=Confirmations(store, passwords, Notices(relay, place=place), registration=registration),
        welcome=Welcome(store, name=config.fleep.support_name, place=place, enabled=config.fleep.support),
        hooks=Hooks(store),
        hook_targets=targets,
        mails=mails,
        search=search,
        parsing=parsing,
        relay=relay,
        settings=Settings(store),
        devices=Devices(store),
        readers=readers,
        timers=timers,
        outgoing=Outgoing(config.outgoing),
        limiter=limits,
        metrics=metrics,
        stopping=stopping,
        config=config,
        handles=Handles(store.secret),
        overviews=Overviews(store),
        profiles=KnownProfiles(store),
        labels=labels,
        known_labels=KnownLabels(store),
        made={},
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
