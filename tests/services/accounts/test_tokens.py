"""Tokens: 64 characters, known by their hash, worthless the moment they are revoked."""

import asyncio
import re
from pathlib import Path

import pytest

from syncline.core.errors import Deactivated, Invalid, NotFound, ScopeMissing, Unauthorized
from syncline.core.ids import Id, Seq, ZoneId
from syncline.core.kinds import HIDDEN, Act, Kind
from syncline.core.log import Change
from syncline.services.accounts import Accounts, Tokens
from syncline.services.accounts.known import Known
from syncline.store.commit import Commit
from syncline.store.contract import Store


async def test_a_token_has_64_characters_that_urls_can_hold(accounts: Accounts, tokens: Tokens) -> None:
    """Zendesk's clients check the length; URLs and headers must carry it as it is."""
    ann = await accounts.add("ann@example.org")
    secrets = {(await tokens.create(ann.id, ["read"]))[0] for _ in range(20)}
    assert len(secrets) == 20
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{64}", secret) for secret in secrets)


async def test_a_token_tells_whose_it_is_and_what_it_may(accounts: Accounts, tokens: Tokens) -> None:
    """The scopes given, no more."""
    ann = await accounts.add("ann@example.org")
    secret, token = await tokens.create(ann.id, ["read", "sync"], name="laptop")
    auth = await tokens.authenticate(secret)
    assert (auth.account, auth.session, auth.scopes) == (ann.id, token.id, frozenset({"read", "sync"}))
    auth.need("read")
    with pytest.raises(ScopeMissing):
        auth.need("write")
    assert (token.name, token.made > 0) == ("laptop", True)


def _written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_only_the_hash_is_in_the_files(
    tmp_path: Path, store: Store, accounts: Accounts, tokens: Tokens
) -> None:
    """Who steals a backup cannot use the tokens in it."""
    ann = await accounts.add("ann@example.org")
    secret, _ = await tokens.create(ann.id, ["read"])
    await tokens.authenticate(secret)
    written = _written(tmp_path)
    assert b"ann@example.org" in written, "else this looks in the wrong place"
    assert secret.encode() not in written
    assert Kind.TOKEN in HIDDEN


@pytest.mark.parametrize("secret", ["", "x", "x" * 64, "é" * 64, "x" * 100_000, "\ud800" * 64])
async def test_what_nobody_was_given_lets_nobody_in(tokens: Tokens, secret: str) -> None:
    """Whatever a client sends, it gets the same refusal."""
    with pytest.raises(Unauthorized):
        await tokens.authenticate(secret)
    assert tokens.known(secret) is None


@pytest.mark.parametrize("scopes", [[], ["admin"], ["read", "everything"]])
async def test_scopes_are_checked(accounts: Accounts, tokens: Tokens, scopes: list[str]) -> None:
    """A mistyped scope is not a token that can do nothing."""
    ann = await accounts.add("ann@example.org")
    with pytest.raises(Invalid):
        await tokens.create(ann.id, scopes)


async def test_a_revoked_token_is_worthless_at_once_in_memory_too(accounts: Accounts, tokens: Tokens) -> None:
    """After revoke returned, no request is let in, not even by the cache of another part of the server."""
    ann = await accounts.add("ann@example.org")
    secret, token = await tokens.create(ann.id, ["read"])
    assert tokens.known(secret) is None, "memory knows only what was authenticated"
    auth = await tokens.authenticate(secret)
    assert tokens.known(secret) == auth
    await tokens.revoke(token.id, account=ann.id)
    assert tokens.known(secret) is None
    with pytest.raises(Unauthorized):
        await tokens.authenticate(secret)
    assert await tokens.list(ann.id) == []


async def test_nobody_revokes_what_is_not_his(accounts: Accounts, tokens: Tokens) -> None:
    """Another's token is not even there; nor is an object that is no token."""
    ann, bob = await accounts.add("ann@example.org"), await accounts.add("bob@example.org")
    secret, token = await tokens.create(ann.id, ["read"])
    for id, account in ((token.id, bob.id), (Id(1), ann.id), (ann.id, None)):
        with pytest.raises(NotFound):
            await tokens.revoke(id, account=account)
    assert (await tokens.authenticate(secret)).account == ann.id


async def test_tokens_are_listed_without_their_secrets(accounts: Accounts, tokens: Tokens) -> None:
    """In the order of their making, each account its own."""
    ann, bob = await accounts.add("ann@example.org"), await accounts.add("bob@example.org")
    made = [(await tokens.create(ann.id, ["read"], name=name))[1] for name in "abc"]
    await tokens.create(bob.id, ["read"])
    assert await tokens.list(ann.id) == made


async def test_a_closed_account_is_locked_out_and_told_so(accounts: Accounts, tokens: Tokens) -> None:
    """By memory as by the store, and no new token is made for it."""
    ann = await accounts.add("ann@example.org")
    secret, _ = await tokens.create(ann.id, ["read"])
    await tokens.authenticate(secret)
    await accounts.close(ann.id)
    assert tokens.known(secret) is None
    for refused in (tokens.authenticate(secret), tokens.create(ann.id, ["read"])):
        with pytest.raises(Deactivated):
            await refused


async def test_memory_is_bounded(store: Store, accounts: Accounts) -> None:
    """The one unused for the longest time is forgotten, and found again in the store."""
    tokens = Tokens(store, capacity=2)
    ann = await accounts.add("ann@example.org")
    secrets = [(await tokens.create(ann.id, ["read"]))[0] for _ in range(3)]
    await tokens.authenticate(secrets[0])
    await tokens.authenticate(secrets[1])
    assert tokens.known(secrets[0]) is not None, "used again, so that the second is the oldest now"
    await tokens.authenticate(secrets[2])
    assert [tokens.known(secret) is not None for secret in secrets] == [True, False, True]
    assert (await tokens.authenticate(secrets[1])).account == ann.id
    tokens.close()


def _foreign(account: Id, kind: Kind, object: Id, act: Act) -> Commit:
    seq = Seq(1_000_000)
    change = Change(seq, ZoneId(account), kind, object, act, None, None, 0, seq)
    return Commit([change])


@pytest.mark.parametrize("revoked", [True, False])
async def test_commits_of_another_process_are_heard(
    accounts: Accounts, tokens: Tokens, revoked: bool
) -> None:
    """They come as changes alone: a revoked token, a closed account."""
    ann = await accounts.add("ann@example.org")
    secret, token = await tokens.create(ann.id, ["read"])
    await tokens.authenticate(secret)
    commit = (
        _foreign(ann.id, Kind.TOKEN, token.id, Act.DROP)
        if revoked
        else _foreign(ann.id, Kind.CREDENTIAL, Id(9), Act.PUT)
    )
    tokens._known._heard(commit)
    assert tokens.known(secret) is None


async def test_what_was_read_before_a_revocation_is_not_remembered_after_it(
    store: Store, accounts: Accounts, tokens: Tokens
) -> None:
    """An authentication that began before the revoke and ends after it must not put the token back."""
    ann = await accounts.add("ann@example.org")
    secret, token = await tokens.create(ann.id, ["read"])
    auth = await tokens.authenticate(secret)
    before = store.head
    await tokens.revoke(token.id)
    tokens._known.remember(b"hash", auth, expires=None, read_at=before)
    assert tokens._known.get(b"hash") is None


async def test_authenticating_while_revoking_never_leaves_a_token_in_memory(
    accounts: Accounts, tokens: Tokens
) -> None:
    """The same with real requests, in any order that the loop makes of them."""
    ann = await accounts.add("ann@example.org")
    for _ in range(20):
        secret, token = await tokens.create(ann.id, ["read"])
        await asyncio.gather(
            *(tokens.authenticate(secret) for _ in range(3)),
            tokens.revoke(token.id),
            *(tokens.authenticate(secret) for _ in range(3)),
            return_exceptions=True,
        )
        assert tokens.known(secret) is None


async def test_other_peoples_writing_forgets_nothing(store: Store, accounts: Accounts) -> None:
    """Hot paths stay hot: only commits that take something away clear the memory."""
    known = Known(store, lambda: 0)
    ann = await accounts.add("ann@example.org")
    tokens = Tokens(store)
    secret, _ = await tokens.create(ann.id, ["read"])
    await tokens.authenticate(secret)
    await accounts.add("bob@example.org")
    await tokens.create(ann.id, ["write"])
    assert tokens.known(secret) is not None
    known.close()
    tokens.close()
