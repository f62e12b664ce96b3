"""What an account changes about itself and about others reaches the polls of those who see it."""

from typing import Any

from tests.protocols.fleep.keys_twice import check
from tests.protocols.fleep.place import Client, Place


def _contacts(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = [each for each in records if each["mk_rec_type"] == "contact"]
    for each in found:
        check(each)
    return found


async def test_own_changes_reach_ones_other_sessions(place: Place, ann: Client) -> None:
    """As the own contact, whole; for the profile, the preferences and the flags alike."""
    other = await place.client(ann.account, ann.email)
    horizon, _ = await other.caught_up()
    for path, fields in (
        ("account/configure", {"display_name": "Annie"}),
        ("account/configure", {"client_settings": '{"a": 1}'}),
        ("account/configure", {"fleep_address": "annie"}),
        ("account/set_flag", {"client_flag": "seen_tour"}),
    ):
        await ann.call(path, **fields)
        horizon, records = await other.caught_up(horizon)
        own = await ann.call("account/configure")
        assert _contacts(records) == [own]


async def test_a_new_name_reaches_those_who_know_the_account(place: Place, ann: Client, bo: Client) -> None:
    """And nobody else: a stranger's poll stays as it is."""
    cy = await place.user("cy")
    ann_id = place.fleep.names.person(ann.account)
    await ann.call("account/dialog", contact_id=place.fleep.names.person(bo.account))
    horizon, _ = await bo.caught_up()
    stranger, _ = await cy.caught_up()
    await ann.call("account/configure", display_name="Annie", is_full_privacy=True)
    _, records = await bo.caught_up(horizon)
    told = _contacts(records)
    assert [(each["account_id"], each["display_name"]) for each in told] == [(ann_id, "Annie")]
    assert told == [await bo.call("contact/sync", contact_id=ann_id)]
    assert (await cy.caught_up(stranger))[0] == stranger


async def test_a_private_name_reaches_the_own_sessions_alone(place: Place, ann: Client, bo: Client) -> None:
    """The one who is called so learns nothing."""
    bo_id = place.fleep.names.person(bo.account)
    await ann.call("account/dialog", contact_id=bo_id)
    mine, _ = await ann.caught_up()
    his, _ = await bo.caught_up()
    await ann.call("contact/describe", contact_id=bo_id, contact_name="Robert")
    mine, records = await ann.caught_up(mine)
    assert [each["display_name"] for each in _contacts(records)] == ["Robert"]
    await ann.call("contact/hide", contacts=[bo_id])
    mine, records = await ann.caught_up(mine)
    assert [each["sort_rank"] for each in _contacts(records)] == [0]
    assert (await bo.caught_up(his))[0] == his


async def test_a_client_that_asks_is_active(place: Place, ann: Client, bo: Client) -> None:
    """Whatever it asks."""
    bo_id = place.fleep.names.person(bo.account)
    await ann.call("account/dialog", contact_id=bo_id)
    assert "activity_time" not in await ann.call("contact/sync", contact_id=bo_id)
    await bo.call("contact/sync/all")
    assert "activity_time" in await ann.call("contact/sync", contact_id=bo_id)
