"""What a mail's entry says is what was read of it, in a form that old entries keep for ever."""

import msgspec
import pytest

from syncline.core.ids import Hash
from syncline.core.mail import (
    IMMUTABLE,
    MUTABLE,
    STATES,
    Address,
    CopyBody,
    MailBody,
    ReadMail,
    Words,
    read_body,
)


@pytest.mark.parametrize(
    ("name", "mail", "shown"),
    [
        ("Bob", "bob@b.com", "Bob <bob@b.com>"),
        ("", "carol@c.com", "<carol@c.com>"),
        ("Doe, Jane", "jane@d.com", "Doe, Jane <jane@d.com>"),
        ('Jane "JD" Doe', "jane@d.com", '"Jane \\"JD\\" Doe" <jane@d.com>'),
        ('a\\b "c"', "x@y.z", '"a\\\\b \\"c\\"" <x@y.z>'),
        ("a\\b", "x@y.z", "a\\b <x@y.z>"),
    ],
)
def test_an_address_is_shown_as_heliotrope_shows_it(name: str, mail: str, shown: str) -> None:
    """Quoted for quotes, not for commas (Heliotrope reference 1.1); its clients compare these texts."""
    assert str(Address(name, mail)) == shown


def test_the_states_are_eight_and_no_label_can_have_their_names() -> None:
    """Heliotrope reference 2.4."""
    assert MUTABLE == ("starred", "unread", "deleted")
    assert {"attachment", "deleted", "draft", "encrypted", "sent", "signed", "starred", "unread"} == STATES
    assert not set(MUTABLE) & set(IMMUTABLE)


def test_a_body_has_one_form_that_names_are_part_of() -> None:
    """These bytes are in stores for ever: a field renamed would lose what was written."""
    body = MailBody(
        no=7,
        message_id="a@b",
        hash="00" * 32,
        size=120,
        before=40,
        subject="Plan",
        senders=(Address("Ann", "ann@example.org"),),
        to=(Address("", "bob@example.net"),),
        refs=("x@y",),
        states=("attachment",),
        extra={"color": "red"},
    )
    written = msgspec.json.encode(body)
    assert msgspec.json.decode(written) == {
        "no": 7,
        "message_id": "a@b",
        "hash": "00" * 32,
        "size": 120,
        "before": 40,
        "subject": "Plan",
        "from": [["Ann", "ann@example.org"]],
        "to": [["", "bob@example.net"]],
        "refs": ["x@y"],
        "states": ["attachment"],
        "extra": {"color": "red"},
    }
    assert read_body(written) == body
    assert body.sender == "Ann <ann@example.org>"


def test_a_body_of_another_time_is_read() -> None:
    """Fields that came later have their defaults, fields that are gone are passed over."""
    body = read_body(b'{"no":1,"message_id":"a","hash":"00","size":2,"once":[1]}')
    assert (body.no, body.subject, body.senders, body.sender, body.before) == (1, "", (), "", 0)
    assert msgspec.json.encode(body) == b'{"no":1,"message_id":"a","hash":"00","size":2}'


def test_an_empty_body_is_no_mail() -> None:
    """That is what erasing leaves; whoever reads bodies must look first."""
    with pytest.raises(msgspec.ValidationError):
        read_body(b"{}")


def test_two_mails_share_no_extras() -> None:
    """Each has a dictionary of its own."""
    one, other = (MailBody(no=no, message_id="a", hash="", size=0) for no in (1, 2))
    one.extra["color"] = "red"
    assert other.extra == {}


def test_all_that_is_read_of_a_mail_has_a_place_in_its_body() -> None:
    """But its words, which the index has, and its date, which the entry has."""
    read = {field.name for field in msgspec.structs.fields(ReadMail)}
    assert read - {field.name for field in msgspec.structs.fields(MailBody)} == {"words", "date"}


def test_a_read_mail_goes_between_processes_and_comes_back_equal() -> None:
    """Mails are parsed in worker processes."""
    mail = ReadMail("a@b", Hash(b"\0" * 32), 3, Words(body="x"), senders=(Address("A", "a@b"),), date=-1)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(mail), type=ReadMail) == mail


def test_a_copy_names_its_bytes() -> None:
    """One form, for ever."""
    assert msgspec.json.encode(CopyBody("ff", 3)) == b'{"hash":"ff","size":3}'
