"""Sessions and sign-in links."""

import re
from typing import Final

import pytest

from syncline.core.errors import Deactivated, NotFound, Unauthorized
from syncline.core.ids import ZoneId
from syncline.core.kinds import Kind
from syncline.services.accounts import SCOPES, Accounts, Sessions, Tokens
from syncline.services.accounts.sessions import MOST
from syncline.store.contract import Store

DAY: Final = 24 * 3600 * 1000


async def test_a_session_is_its_account_with_all_scopes(accounts: Accounts, sessions: Sessions) -> None:
    """Who signed in with a password may do all that a token can be given."""
    ann = await accounts.add("ann@example.org")
    secret = await sessions.create(ann.id)
    auth = await sessions.authenticate(secret)
    assert (auth.account, auth.scopes) == (ann.id, SCOPES)
    assert sessions.known(secret) == auth


async def test_signing_out_ends_the_session_at_once(accounts: Accounts, sessions: Sessions) -> None:
    """A cookie kept by somebody else is worthless; other browsers stay signed in."""
    ann = await accounts.add("ann@example.org")
    secret, other = await sessions.create(ann.id), await sessions.create(ann.id)
    session = (await sessions.authenticate(secret)).session
    await sessions.end(session)
    assert sessions.known(secret) is None
    with pytest.raises(Unauthorized):
        await sessions.authenticate(secret)
    with pytest.raises(NotFound):
        await sessions.end(session)
    assert (await sessions.authenticate(other)).account == ann.id


async def test_a_session_expires_in_memory_and_in_the_store(store: Store, accounts: Accounts) -> None:
    """By the clock, whoever remembers it."""
    now = 0
    sessions = Sessions(store, clock=lambda: now, lifetime=3_600_000)
    expired = Sessions(store, lifetime=-1)
    ann = await accounts.add("ann@example.org")
    secret = await sessions.create(ann.id)
    await sessions.authenticate(secret)
    assert sessions.known(secret) is not None
    now = 1 << 60
    assert sessions.known(secret) is None
    with pytest.raises(Unauthorized):
        await expired.authenticate(await expired.create(ann.id))
    sessions.close()
    expired.close()


async def test_expired_sessions_are_cleared_away_by_later_ones(store: Store, accounts: Accounts) -> None:
    """Signing in every day for years leaves no heap."""
    short = Sessions(store, lifetime=-1)
    ann = await accounts.add("ann@example.org")
    for _ in range(5):
        await short.create(ann.id)
    async with store.view() as view:
        assert len(await view.objects(ZoneId(ann.id), [Kind.SESSION])) == 1
    short.close()


async def test_beyond_the_most_the_oldest_session_ends(accounts: Accounts, sessions: Sessions) -> None:
    """So that ending all of them, as a new password does, is one short work."""
    ann = await accounts.add("ann@example.org")
    secrets = [await sessions.create(ann.id) for _ in range(MOST + 1)]
    with pytest.raises(Unauthorized):
        await sessions.authenticate(secrets[0])
    assert (await sessions.authenticate(secrets[1])).account == ann.id


async def test_a_sign_in_link_works_once(accounts: Accounts, sessions: Sessions) -> None:
    """Found later in a history or a mail, it opens nothing."""
    ann = await accounts.add("ann@example.org")
    code = await sessions.link(ann.id)
    secret = await sessions.redeem(code)
    assert (await sessions.authenticate(secret)).account == ann.id
    with pytest.raises(Unauthorized):
        await sessions.redeem(code)


async def test_a_sign_in_link_expires(store: Store, accounts: Accounts) -> None:
    """One that lay around for too long is refused."""
    sessions = Sessions(store, link_lifetime=-1)
    ann = await accounts.add("ann@example.org")
    with pytest.raises(Unauthorized):
        await sessions.redeem(await sessions.link(ann.id))
    sessions.close()


async def test_a_link_is_no_session_and_a_token_is_neither(
    accounts: Accounts, sessions: Sessions, tokens: Tokens
) -> None:
    """A secret opens just the door that it was made for."""
    ann = await accounts.add("ann@example.org")
    link, session = await sessions.link(ann.id), await sessions.create(ann.id)
    token, _ = await tokens.create(ann.id, ["read"])
    for wrong in (
        sessions.authenticate(link),
        sessions.authenticate(token),
        sessions.redeem(session),
        sessions.redeem(token),
        tokens.authenticate(session),
        tokens.authenticate(link),
    ):
        with pytest.raises(Unauthorized):
            await wrong


async def test_a_closed_account_has_no_way_in(accounts: Accounts, sessions: Sessions) -> None:
    """Neither by what it had nor by what could be made for it."""
    ann = await accounts.add("ann@example.org")
    secret, link = await sessions.create(ann.id), await sessions.link(ann.id)
    await sessions.authenticate(secret)
    await accounts.close(ann.id)
    assert sessions.known(secret) is None
    for ended in (sessions.authenticate(secret), sessions.redeem(link)):
        with pytest.raises(Unauthorized):
            await ended
    for refused in (sessions.create(ann.id), sessions.link(ann.id)):
        with pytest.raises(Deactivated):
            await refused


async def test_a_pair_is_its_account(store: Store, accounts: Accounts, sessions: Sessions) -> None:
    """Known in memory after its first use, also to who never saw it made; several at a time."""
    ann = await accounts.add("ann@example.org")
    pair, other = await sessions.create_pair(ann.id, DAY), await sessions.create_pair(ann.id, DAY)
    assert re.fullmatch(r"[0-9a-f-]{36}", pair.token)
    assert re.fullmatch(r"[0-9a-f]{20}", pair.ticket)
    assert sessions.known_pair(pair.token, pair.ticket) is None
    auth = await sessions.authenticate_pair(pair.token, pair.ticket)
    assert (auth.account, auth.scopes) == (ann.id, SCOPES)
    assert sessions.known_pair(pair.token, pair.ticket) == auth
    fresh = Sessions(store)
    assert (await fresh.authenticate_pair(other.token, other.ticket)).account == ann.id
    fresh.close()


async def test_both_halves_of_a_pair_must_be_of_one_session(accounts: Accounts, sessions: Sessions) -> None:
    """A cookie without its ticket is worth nothing, even with another ticket of the same account."""
    ann = await accounts.add("ann@example.org")
    pair, other = await sessions.create_pair(ann.id, DAY), await sessions.create_pair(ann.id, DAY)
    for each in (pair, other):
        await sessions.authenticate_pair(each.token, each.ticket)
    for token, ticket in ((pair.token, other.ticket), (pair.token, ""), ("", pair.ticket), ("", "")):
        assert sessions.known_pair(token, ticket) is None
        with pytest.raises(Unauthorized):
            await sessions.authenticate_pair(token, ticket)


async def test_a_pair_is_no_browser_and_a_browser_no_pair(accounts: Accounts, sessions: Sessions) -> None:
    """Each secret works where it belongs, however it is cut or joined."""
    ann = await accounts.add("ann@example.org")
    pair, secret = await sessions.create_pair(ann.id, DAY), await sessions.create(ann.id)
    for joined in (f"{pair.token}:{pair.ticket}", f"{pair.token}{pair.ticket}".ljust(64)):
        with pytest.raises(Unauthorized):
            await sessions.authenticate(joined)
    for cut in range(len(secret)):
        with pytest.raises(Unauthorized):
            await sessions.authenticate_pair(secret[:cut], secret[cut:])


async def test_a_pair_ends_with_logout_password_and_account(accounts: Accounts, sessions: Sessions) -> None:
    """At once, also where it was known in memory; and by its own lifetime."""
    ann = await accounts.add("ann@example.org", password="the old one")
    first, second, third, short = [await sessions.create_pair(ann.id, lasts) for lasts in (DAY, DAY, DAY, -1)]
    kept = await sessions.authenticate_pair(third.token, third.ticket)
    await sessions.end((await sessions.authenticate_pair(first.token, first.ticket)).session)
    await sessions.authenticate_pair(second.token, second.ticket)
    await accounts.change_password(ann.id, "the old one", "a new one", keep=kept.session)
    assert await sessions.authenticate_pair(third.token, third.ticket) == kept
    for pair in (first, second, short):
        with pytest.raises(Unauthorized):
            await sessions.authenticate_pair(pair.token, pair.ticket)
    await accounts.close(ann.id)
    with pytest.raises(Unauthorized):
        await sessions.authenticate_pair(third.token, third.ticket)
