"""Settings: documents of an account that only it sees."""

import msgspec
import pytest

from syncline.core.errors import Invalid, NotFound, TooLarge
from syncline.core.ids import Id, ZoneId
from syncline.core.kinds import Kind, ZoneKind
from syncline.services.settings import LARGEST, Settings
from syncline.store.contract import Store, Tx


@pytest.fixture
def settings(store: Store) -> Settings:
    """The settings of a store."""
    return Settings(store)


@pytest.fixture
async def ann(store: Store) -> Id:
    """An account's zone."""
    return await _account(store)


async def _account(store: Store) -> Id:
    async def work(tx: Tx) -> Id:
        id = tx.new_id()
        tx.open_zone(ZoneKind.ACCOUNT, owner=id, id=ZoneId(id))
        return id

    return (await store.write(work)).value


async def test_a_document_comes_back_as_it_was_put(settings: Settings, ann: Id) -> None:
    """Opaque to all but its owner: any JSON object."""
    content = msgspec.json.encode({"a": [1, 2.5, None, "ä"], "b": {}})
    await settings.put(ann, "matrix/push_rules", content)
    assert await settings.get(ann, "matrix/push_rules") == content
    await settings.put(ann, "matrix/push_rules", b"{}")
    assert await settings.get(ann, "matrix/push_rules") == b"{}"
    assert await settings.get(ann, "matrix/other") is None


async def test_each_account_has_its_own(store: Store, settings: Settings, ann: Id) -> None:
    """One name, two accounts, two documents."""
    bob = await _account(store)
    await settings.put(ann, "fleep/a", b'{"of":"ann"}')
    await settings.put(bob, "fleep/a", b'{"of":"bob"}')
    assert await settings.get(ann, "fleep/a") == b'{"of":"ann"}'
    assert [each.name for each in await settings.list(bob)] == ["fleep/a"]


async def test_the_same_again_wakes_no_device(store: Store, settings: Settings, ann: Id) -> None:
    """Clients put their settings at every start; other spacing is the same document."""
    await settings.put(ann, "fleep/a", b'{"x":1}')
    head = store.head
    await settings.put(ann, "fleep/a", b'{ "x" : 1 }')
    assert store.head == head


async def test_a_change_is_one_object_of_the_account(store: Store, settings: Settings, ann: Id) -> None:
    """So that the account's delta carries it, newest version only."""
    await settings.put(ann, "fleep/a", b'{"x":1}')
    await settings.put(ann, "fleep/a", b'{"x":2}')
    async with store.view() as view:
        assert len(await view.objects(ZoneId(ann), [Kind.SETTING])) == 1


async def test_a_dropped_document_is_gone_and_can_come_back(
    store: Store, settings: Settings, ann: Id
) -> None:
    """Other devices learn of it by its departure."""
    await settings.put(ann, "fleep/a", b'{"x":1}')
    assert await settings.drop(ann, "fleep/a")
    assert not await settings.drop(ann, "fleep/a")
    assert await settings.get(ann, "fleep/a") is None
    async with store.view() as view:
        assert len(await view.departures(ZoneId(ann), [Kind.SETTING])) == 1
    await settings.put(ann, "fleep/a", b'{"x":3}')
    assert await settings.get(ann, "fleep/a") == b'{"x":3}'


async def test_lists_are_by_name_and_by_owner(settings: Settings, ann: Id) -> None:
    """A protocol asks for what begins with its name."""
    for name in ("matrix/b", "fleep/z", "matrix/a"):
        await settings.put(ann, name, b"{}")
    assert [each.name for each in await settings.list(ann, "matrix/")] == ["matrix/a", "matrix/b"]
    assert len(await settings.list(ann)) == 3


@pytest.mark.parametrize("content", [b"", b"[]", b"1", b"{", b'{"a":NaN}', b'{"a":"\xff"}', b"[" * 50_000])
async def test_what_is_no_json_object_is_refused(
    store: Store, settings: Settings, ann: Id, content: bytes
) -> None:
    """It would break every device that reads it; nothing is written."""
    head = store.head
    with pytest.raises((Invalid, TooLarge)):
        await settings.put(ann, "fleep/a", content)
    assert store.head == head


@pytest.mark.parametrize("name", ["", "fleep", "/a", "fleep/", "fleep/" + "x" * 600])
async def test_a_name_begins_with_its_owner(settings: Settings, ann: Id, name: str) -> None:
    """Two protocols never meet in one document by accident."""
    with pytest.raises(Invalid):
        await settings.put(ann, name, b"{}")


async def test_a_document_has_a_size(settings: Settings, ann: Id) -> None:
    """The largest that fits is kept whole; one byte more is refused."""
    fits = b'{"a":"' + b"x" * (LARGEST - 8) + b'"}'
    await settings.put(ann, "fleep/a", fits)
    assert await settings.get(ann, "fleep/a") == fits
    with pytest.raises(TooLarge):
        await settings.put(ann, "fleep/a", fits[:-2] + b'x"}')


async def test_who_has_no_account_has_no_settings(settings: Settings) -> None:
    """A person known from mail only has no zone."""
    with pytest.raises(NotFound):
        await settings.put(Id(77), "fleep/a", b"{}")
