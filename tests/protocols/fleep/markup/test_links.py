"""Links: where they end, what they lead to, and who is mentioned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncline.protocols.fleep.markup import Link, links, links_in, mentioned_names, to_xml


def link(to: str, shown: str | None = None) -> str:
    """A link as it stands in the XML."""
    return f'<a href="{to}">{shown or to}</a>'


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("http://x.org/a?b=1#c", link("http://x.org/a?b=1#c")),
        ("https://x.org, ftp://y.org!", f"{link('https://x.org')}, {link('ftp://y.org')}!"),
        ("www.x.org/A?b", link("http://www.x.org/A?b", "www.x.org/A?b")),
        ("(see http://x.org/a)", f"(see {link('http://x.org/a')})"),
        ("http://x.org/a_(b)", link("http://x.org/a_(b)")),
        ("<http://x.org>", f"&lt;{link('http://x.org')}&gt;"),
        ("http://x.org/?a=1&b=2", link("http://x.org/?a=1&amp;b=2")),
        ("mailto://ann@x.org.", f"{link('mailto://ann@x.org')}."),
        ("skype://ann itms-services://x", f"{link('skype://ann')} {link('itms-services://x')}"),
        ("HTTP://X.org", link("http://X.org", "HTTP://X.org")),
        ("http://x.org/é", link("http://x.org/é")),
        ("*http://x.org*", f'<b flp="*" fls="*">{link("http://x.org")}</b>'),
        ("http:// www. xhttp://a", "http:// www. xhttp://a"),
        ("javascript://x file://x", "javascript://x file://x"),
        ('http://x.org/"onclick', f'{link("http://x.org/")}"onclick'),
        (
            "http://x.org<<our *site* & more>> ok",
            f'{link("http://x.org")}&lt;&lt;our <b flp="*" fls="*">site</b> &amp; more&gt;&gt; ok',
        ),
        (
            "www.x.org<<our site>>",
            '<a flp="www.x.org&lt;&lt;" fls="&gt;&gt;" href="http://www.x.org">our site</a>',
        ),
    ],
)
def test_links(typed: str, expected: str) -> None:
    """Without what ends the sentence; only schemes that are known; a name in double angle brackets."""
    assert to_xml(typed) == f"<msg><p>{expected}</p></msg>"


def test_links_are_listed_once_with_their_names() -> None:
    """For previews: in their order, and not those within code."""
    typed = "http://b.org<<Bee>> www.a.org\n> http://b.org\n:::\nhttp://code.org\n:::\n"
    assert links(typed) == (Link("http://b.org", "Bee"), Link("http://www.a.org"))
    assert links_in(typed) == ("http://b.org", "http://www.a.org")
    assert links_in("no links here") == ()


@given(st.lists(st.sampled_from(["http://x.org/", "<<", ">>", "*", "_", " ", ")", "a", "\n", ":::\n", "&"])))
def test_the_links_listed_are_those_shown(pieces: list[str]) -> None:
    """Whatever is typed around them."""
    typed = "".join(pieces)
    shown = to_xml(typed)
    for href in links_in(typed):
        assert f'href="{href.replace("&", "&amp;")}"' in shown
    assert bool(links_in(typed)) == ("href=" in shown)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("@Bob and (@ann)", ("bob", "ann")),
        ("@bob.", ("bob.", "bob")),
        ("@bob @bob", ("bob",)),
        ("@j.r-smith_2", ("j.r-smith_2",)),
        ("ann@x.org @", ()),
        ("@@bob", ()),
    ],
)
def test_mentions(typed: str, expected: tuple[str, ...]) -> None:
    """The longest run after an @ that begins a word, and the same without the sentence's end."""
    assert mentioned_names(typed) == expected
