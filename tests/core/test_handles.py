"""Handles: names for ids that lead back, and cannot be guessed or mistaken for another's."""

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncline.core.errors import NotFound
from syncline.core.handles import Handle, Handles
from syncline.core.ids import Id

IDS = st.integers(0, (1 << 63) - 1)
KINDS = st.sampled_from(Handle)
HANDLES = Handles("a secret")


@given(IDS, KINDS)
def test_every_handle_leads_back(id: int, kind: Handle) -> None:
    """Both forms, for every id that a store can have."""
    text = HANDLES.uuid(kind, Id(id))
    assert HANDLES.id_of_uuid(kind, text) == id
    assert HANDLES.id_of_uuid(kind, f" {text.upper()} ") == id
    assert HANDLES.id_of_key(kind, HANDLES.key(kind, Id(id))) == id


@given(IDS, KINDS)
def test_a_handle_is_a_uuid_like_a_random_one(id: int, kind: Handle) -> None:
    """Clients check version and variant; keys have 22 characters that stand in any address."""
    text = HANDLES.uuid(kind, Id(id))
    parsed = uuid.UUID(text)
    assert (str(parsed), parsed.version, parsed.variant) == (text, 4, uuid.RFC_4122)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", HANDLES.key(kind, Id(id)))


@given(IDS, KINDS, KINDS)
def test_a_handle_of_one_kind_is_none_of_another(id: int, kind: Handle, other: Handle) -> None:
    """An account's id is no conversation's."""
    if kind == other:
        return
    with pytest.raises(NotFound):
        HANDLES.id_of_uuid(other, HANDLES.uuid(kind, Id(id)))
    with pytest.raises(NotFound):
        HANDLES.id_of_key(other, HANDLES.key(kind, Id(id)))


@given(IDS)
def test_another_stores_handles_lead_nowhere(id: int) -> None:
    """They depend on the store's secret, and on nothing else."""
    theirs = Handles("another secret")
    with pytest.raises(NotFound):
        HANDLES.id_of_uuid(Handle.PERSON, theirs.uuid(Handle.PERSON, Id(id)))
    with pytest.raises(NotFound):
        HANDLES.id_of_key(Handle.HOOK, theirs.key(Handle.HOOK, Id(id)))
    again = Handles("a secret")
    assert again.uuid(Handle.PERSON, Id(id)) == HANDLES.uuid(Handle.PERSON, Id(id))


@given(IDS, st.integers(0, 127))
def test_one_changed_bit_leads_nowhere(id: int, bit: int) -> None:
    """Nobody counts up to the next conversation."""
    changed = str(uuid.UUID(int=uuid.UUID(HANDLES.uuid(Handle.CONVERSATION, Id(id))).int ^ 1 << bit))
    with pytest.raises(NotFound):
        HANDLES.id_of_uuid(Handle.CONVERSATION, changed)


@given(st.text(max_size=60))
def test_any_text_leads_somewhere_or_is_not_found(text: str) -> None:
    """Never another error."""
    with pytest.raises(NotFound):
        HANDLES.id_of_uuid(Handle.PERSON, text)
    with pytest.raises(NotFound):
        HANDLES.id_of_key(Handle.PERSON, text)


@given(IDS)
def test_a_key_is_written_in_one_way_only(id: int) -> None:
    """The bits to spare in its last character do not make a second key of it."""
    key = HANDLES.key(Handle.HOOK, Id(id))
    for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
        if last != key[-1]:
            with pytest.raises(NotFound):
                HANDLES.id_of_key(Handle.HOOK, key[:-1] + last)
