"""Foreign names as labels: whatever a folder was called, its label can be asked for."""

from hypothesis import given
from hypothesis import strategies as st

from syncline.core.mail import STATES
from syncline.gateways.imports.labels import clean, said
from syncline.services.mail import valid_label


@given(st.text(min_size=1))
def test_every_name_becomes_a_label_that_can_be(name: str) -> None:
    """The mailbox refuses a batch with a label that cannot be; an import must never bring one."""
    found = said([name])
    for label in found.labels:
        assert valid_label(label)
        assert label not in STATES
    assert clean(clean(name)) == clean(name)


def test_names_keep_what_they_can() -> None:
    """Blanks, dots and other scripts stay; what the query language needs becomes `_`."""
    assert clean("My Work") == "My Work"
    assert clean("-~*x") == "_~*x"
    assert clean('a(b):"c"') == "a_b___c_"
    assert clean("Списки/питон") == "Списки/питон"
    assert clean("starred") == "starred_"


def test_known_names_are_what_they_mean() -> None:
    """Gmail and IMAP folders of the usual names are our own labels and states."""
    found = said(["INBOX", "Starred", "Sent Mail", "Drafts", "Junk", "Trash", "Important", "Work", "Work"])
    assert found.labels == ("spam", "Work")
    assert found.state == ("starred", "sent", "draft", "deleted")
    assert found.inbox
