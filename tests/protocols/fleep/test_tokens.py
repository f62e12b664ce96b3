"""Bots: a personal token in place of ticket and cookie."""

from typing import Any

import httpx
from tests.protocols.fleep.place import Client, Place


async def asked(place: Place, secret: str, path: str, **fields: Any) -> httpx.Response:
    """A call with a token, and nothing else to say who asks."""
    transport = httpx.ASGITransport(place.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8080") as http:
        return await http.post(f"/api/{path}", json=fields, headers={"Authorization": f"Bearer {secret}"})


async def test_a_token_may_what_its_scopes_say(place: Place, ann: Client) -> None:
    """Reading needs `read`, everything else `write`."""
    conv = (await ann.call("conversation/create", topic="bots"))["header"]["conversation_id"]
    tokens = place.services.tokens
    reads, _ = await tokens.create(ann.account, ["read"])
    writes, _ = await tokens.create(ann.account, ["write"])
    polled = await asked(place, reads, "account/poll", event_horizon=0, wait=False)
    assert polled.status_code == 200
    assert conv in {one.get("conversation_id") for one in polled.json()["stream"]}
    refused = await asked(place, reads, f"message/send/{conv}", message="hello")
    assert (refused.status_code, refused.json()["error_id"]) == (403, "insufficient_scope")
    assert (await asked(place, writes, f"message/send/{conv}", message="hello")).status_code == 200
    assert (await asked(place, writes, "account/sync")).status_code == 403


async def test_a_revoked_or_made_up_token_is_401(place: Place, ann: Client) -> None:
    """As a session that has ended."""
    secret, token = await place.services.tokens.create(ann.account, ["read"])
    assert (await asked(place, secret, "account/sync")).status_code == 200
    await place.services.tokens.revoke(token.id, account=ann.account)
    for one in (secret, "x" * 64, ""):
        answer = await asked(place, one, "account/sync")
        assert (answer.status_code, answer.json()["error_id"]) == (401, "expired_token")
