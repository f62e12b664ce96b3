"""Addresses: one form, so that one address is one person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncline.core.errors import Invalid
from syncline.services.people import address_key, normal_address, valid_address


@pytest.mark.parametrize(
    "written", ["ann@example.org", " Ann@Example.ORG ", "ANN@EXAMPLE.ORG.", "ann@example.org\r\n"]
)
def test_one_address_has_one_form(written: str) -> None:
    """However a client, a mail or an operator writes it."""
    assert valid_address(written) == "ann@example.org"
    assert address_key(written) == b"ann@example.org"


def test_letters_composed_otherwise_are_the_same() -> None:
    """Some systems send é as two characters."""
    assert normal_address("Ren\u00e9@example.org") == normal_address("rene\u0301@EXAMPLE.org")


@given(st.text(max_size=2000) | st.text(st.characters(categories=["Cs"]), max_size=5))
def test_whatever_a_mail_carries_has_a_key_of_bounded_size(text: str) -> None:
    """Broken senders are kept, not refused; the form of a form is itself, so that it is found again."""
    form = normal_address(text)
    assert len(address_key(text)) <= 4 * 254
    assert address_key(form) == address_key(text)


@pytest.mark.parametrize("written", ["Ann <ann@example.org>", "a@b@c", "a b@c", "a@", "@b", "a@b..c", "\0@b"])
def test_what_cannot_receive_mail_is_no_address(written: str) -> None:
    """Accounts and invites need one that works."""
    with pytest.raises(Invalid):
        valid_address(written)
