"""Threat: somebody reads a backup or a data directory and wants to act as its people."""

from pathlib import Path

import pytest

from syncline.core.errors import Unauthorized
from syncline.services.accounts import Accounts, Passwords, Role, Sessions, Tokens
from syncline.store.contract import Store


def _written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_no_secret_is_in_any_file(tmp_path: Path, store: Store) -> None:
    """Password, token, cookie, sign-in link, invite: only hashes of them are written."""
    passwords = Passwords(memory_kib=8, rounds=1)
    accounts, tokens, sessions = Accounts(store, passwords), Tokens(store), Sessions(store)
    ann = await accounts.add("ann@example.org", password="correct horse battery", role=Role.ADMIN)
    token, _ = await tokens.create(ann.id, ["read"])
    cookie = await sessions.create(ann.id)
    link = await sessions.link(ann.id)
    used = await sessions.link(ann.id)
    secrets = ["correct horse battery", token, cookie, link, used, await sessions.redeem(used)]
    secrets += [await accounts.invite(by=ann.id), await accounts.invite("bob@example.org")]
    await tokens.authenticate(token)
    await sessions.authenticate(cookie)
    await accounts.sign_in("ann", "correct horse battery")
    written = _written(tmp_path)
    assert b"ann@example.org" in written, "else this looks in the wrong place"
    assert [secret for secret in secrets if secret.encode() in written] == []
    tokens.close()
    sessions.close()
    passwords.close()


async def test_a_stolen_hash_is_no_secret(store: Store) -> None:
    """What is written cannot be sent back: the hash of a token opens nothing."""
    accounts, tokens = Accounts(store, Passwords(memory_kib=8, rounds=1)), Tokens(store)
    ann = await accounts.add("ann@example.org")
    secret, _ = await tokens.create(ann.id, ["read"])
    auth = await tokens.authenticate(secret)
    async with store.view() as view:
        (object,) = await view.get([auth.session])
    hash = bytes(object.body).split(b'"hash":"')[1][:64].decode()
    assert len(hash) == 64, "as long as a token, so that its length alone does not refuse it"
    assert tokens.known(hash) is None
    with pytest.raises(Unauthorized):
        await tokens.authenticate(hash)
    tokens.close()
