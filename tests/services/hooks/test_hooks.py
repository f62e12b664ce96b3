"""Hooks are made, changed and dropped by whom it behoves; people see that in the conversation."""

import msgspec
import pytest
from tests.services.conversations.town import form
from tests.services.hooks.conftest import URL, Place

from syncline.core.errors import Forbidden, Invalid, NotFound, NotMember, TooLarge
from syncline.core.ids import Id
from syncline.core.kinds import EntryKind, Kind, Space
from syncline.core.rooms.presets import Preset
from syncline.services.accounts import Accounts, Passwords
from syncline.services.hooks import Outward, acts


async def test_a_new_hook_is_told_in_the_conversation(place: Place) -> None:
    """It takes the next number, so that the first message through it is number 3 (Fleep reference 2.8)."""
    made = (await place.hooks.create(place.ann, place.conv, name="build")).value
    assert made.nr == 2
    entry = (await place.town.seen(place.bob, place.conv))[-1]
    assert (entry.kind, entry.author, entry.nr, entry.alert_nr) == (EntryKind.STATE, place.ann, 2, 0)
    said = {"act": "hook", "hook_name": "build", "hook": made.hook.id}
    assert form(entry) == {"type": "syncline.hook", "name": str(made.hook.id), "content": said}
    assert await place.town.fact(place.conv, "syncline.hook", str(made.hook.id)) == said
    assert await place.known() == [made.hook]


async def test_a_hook_without_a_name_is_called_by_its_type(place: Place) -> None:
    """Fleep's hook_name may be left out."""
    assert (await place.make()).name == "plain"
    assert (await place.make(type="github", name="  ")).name == "github"


async def test_what_is_no_hook_is_not_made(place: Place) -> None:
    """Types, names and addresses are checked before anything is written."""
    head = place.store.head
    for wrong, field in (
        ({"type": "teapot"}, "type"),
        ({"name": "x" * 256}, "hook_name"),
        ({"name": "two\nlines"}, "hook_name"),
        ({"url": "ftp://example.org"}, "outgoing_url"),
        ({"url": "example.org"}, "outgoing_url"),
        ({"url": "http://"}, "outgoing_url"),
        ({"url": "http://[::1"}, "outgoing_url"),
        ({"url": "http://example.org/ x"}, "outgoing_url"),
        ({"url": "http://example.org/" + "x" * 2000}, "outgoing_url"),
    ):
        with pytest.raises(Invalid) as refused:
            await place.hooks.create(place.ann, place.conv, **wrong)  # type: ignore[arg-type]
        assert refused.value.field == field
    assert place.store.head == head


async def test_only_members_make_and_see_hooks(place: Place) -> None:
    """A stranger learns nothing, one who left is told so."""
    (eve,) = await place.town.people("Eve")
    with pytest.raises(NotFound):
        await place.make(eve)
    await place.town.talk.leave(place.bob, place.conv)
    with pytest.raises(NotMember):
        await place.make(place.bob)
    with pytest.raises(NotMember):
        await place.hooks.show(place.bob, place.conv)


async def test_a_conversation_takes_so_many_hooks(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are all shown at once."""
    monkeypatch.setattr(acts, "MOST", 2)
    await place.make()
    await place.make()
    with pytest.raises(TooLarge):
        await place.make()


async def test_the_address_is_shown_to_the_owner_alone(place: Place) -> None:
    """It may be a secret of another service: no object that members see holds it."""
    hook = await place.make(url=URL)
    ((shown, sending),) = await place.hooks.show(place.ann, place.conv)
    assert shown == hook
    assert sending is not None
    assert sending.url == URL
    assert await place.hooks.show(place.bob, place.conv) == [(hook, None)]
    async with place.store.view() as view:
        (object,) = await view.objects(place.conv, [Kind.HOOK])
    assert URL.encode() not in object.body
    assert msgspec.json.decode(object.body)["outward"] == "on"


async def test_the_owner_changes_a_hook_and_what_changes_nothing_is_not_written(place: Place) -> None:
    """Each of the three things by itself; the same again wakes nobody."""
    hook = await place.make(name="build")
    same = (await place.hooks.configure(place.ann, place.conv, hook.id, name="tests")).value.hook
    assert same.name == "tests"
    on = (await place.hooks.configure(place.ann, place.conv, hook.id, url=URL)).value.hook
    assert (on.name, on.outward) == ("tests", Outward.ON)
    off = (await place.hooks.configure(place.ann, place.conv, hook.id, disabled=True)).value.hook
    assert off.outward is Outward.OFF
    head = place.store.head
    await place.hooks.configure(place.ann, place.conv, hook.id, name="tests", url=URL, disabled=True)
    assert place.store.head == head
    none = (await place.hooks.configure(place.ann, place.conv, hook.id, url="")).value.hook
    assert none.outward is Outward.NONE
    assert (await place.sending(hook)).url == ""
    assert await place.known() == [none]


async def test_another_member_may_not_change_or_drop_a_hook(place: Place) -> None:
    """Not even the creator of a plain conversation, who is no admin there."""
    hook = await place.make(place.bob, url=URL)
    with pytest.raises(Forbidden):
        await place.hooks.configure(place.ann, place.conv, hook.id, name="mine")
    with pytest.raises(Forbidden):
        await place.hooks.drop(place.ann, place.conv, hook.id)
    assert await place.known() == [hook]


async def test_an_admin_of_a_managed_conversation_may(place: Place) -> None:
    """Admins stand above the others there."""
    place.conv = await place.town.conversation(place.ann, place.bob, preset=Preset.MANAGED)
    hook = await place.make(place.bob)
    await place.hooks.configure(place.ann, place.conv, hook.id, name="ours")
    await place.hooks.drop(place.ann, place.conv, hook.id)
    other = await place.make()
    with pytest.raises(Forbidden):
        await place.hooks.drop(place.bob, place.conv, other.id)


async def test_once_its_owner_left_any_member_may_drop_a_hook(place: Place) -> None:
    """Else nobody could."""
    hook = await place.make(url=URL)
    await place.town.talk.leave(place.ann, place.conv)
    with pytest.raises(Forbidden):
        await place.hooks.configure(place.bob, place.conv, hook.id, name="mine")
    await place.hooks.drop(place.bob, place.conv, hook.id)
    assert await place.known() == []


async def test_a_dropped_hook_leaves_a_word_and_nothing_else(place: Place) -> None:
    """A departure and a system message; its address, queue and index rows are gone."""
    hook = await place.make(name="build", url=URL)
    dropped = (await place.hooks.drop(place.ann, place.conv, hook.id)).value
    assert dropped.nr == 3
    entry = (await place.town.seen(place.bob, place.conv))[-1]
    assert form(entry)["content"] == {"act": "unhook", "hook_name": "build", "hook": hook.id}
    async with place.store.view() as view:
        (left,) = await view.departures(place.conv, [Kind.HOOK])
        assert (left.object, left.gone_to) == (hook.id, None)
        assert await view.find(Space.OUTGOING, b"") == []
        assert await view.find(Space.OWNED, acts.owned_term(place.ann)) == []
    assert not await place.has_reader(hook)
    for again in (place.hooks.get(hook.id), place.hooks.drop(place.ann, place.conv, hook.id)):
        with pytest.raises(NotFound):
            await again


async def test_a_hook_is_known_in_its_own_conversation_only(place: Place) -> None:
    """Its id together with another conversation's leads nowhere, and neither does another thing's id."""
    hook = await place.make()
    other = await place.town.conversation(place.ann)
    for act in (
        place.hooks.configure(place.ann, other, hook.id, name="x"),
        place.hooks.drop(place.ann, other, hook.id),
        place.hooks.configure(place.ann, place.conv, Id(place.conv), name="x"),
        place.hooks.get(Id(place.ann)),
    ):
        with pytest.raises(NotFound):
            await act


async def test_an_erased_account_leaves_no_hooks(place: Place) -> None:
    """Their names are its words, and their addresses its secrets."""
    accounts = Accounts(place.store, Passwords())
    ann = (await accounts.add("ann@example.org", name="Ann")).id
    conv = await place.town.conversation(ann, place.bob)
    made = (await place.hooks.create(ann, conv, name="xyzzyname", url="https://xyzzyhost.example.org/")).value
    await accounts.erase(ann)
    accounts.release()
    assert not await place.has_reader(made.hook)
    with pytest.raises(NotFound):
        await place.hooks.get(made.hook.id)
    folder = place.store.directory  # type: ignore[attr-defined]
    held = [path for path in folder.rglob("*") if path.is_file() and b"xyzzy" in path.read_bytes()]
    assert held == []
