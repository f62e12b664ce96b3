"""What a page shows of a mail: texts, quotes, frames, attachments, and nothing twice."""

from urllib.parse import quote

from tests.web.mail.letters import PIXEL, Part, attached, letter

from syncline.web.mail.bodies import PARTS, Html, Prefer, Text, body_of, raw_body, text_of
from syncline.web.mail.frames import PICTURES, framed, policy
from syncline.web.mail.plain import LONGEST


def words(text: Text) -> str:
    """All that a text shows."""
    return "".join(piece.text for block in text.blocks for piece in block.pieces)


def test_long_quotes_are_folded_and_short_ones_are_not() -> None:
    text = text_of("Yes.\n\n> really?\n\nNo.\n" + "> line\n" * 8)
    assert [(block.quote, block.folded) for block in text.blocks] == [
        (False, False),
        (True, False),
        (False, False),
        (True, True),
    ]


def test_a_text_beyond_what_a_page_bears_is_cut_and_says_so() -> None:
    text = text_of("x" * (LONGEST + 5))
    assert text.cut
    assert len(words(text)) == LONGEST
    assert not text_of("x" * LONGEST).cut


def test_of_alternatives_one_is_shown_and_the_other_offered() -> None:
    raw = letter(text="plain", html="<p>rich</p>")
    plain = body_of(raw, Prefer.TEXT)
    rich = body_of(raw, Prefer.HTML)
    assert [type(one) for one in plain.shown] == [Text]
    assert plain.other is Prefer.HTML
    assert [type(one) for one in rich.shown] == [Html]
    assert rich.other is Prefer.TEXT
    assert body_of(letter(text="plain"), Prefer.HTML).other is None


def test_a_mail_of_html_alone_is_shown_by_its_frame_in_either_way() -> None:
    raw = letter(text=None, html="<p>only <img src='http://t.example/x.png'></p>")
    for prefer in Prefer:
        (shown,) = body_of(raw, prefer).shown
        assert isinstance(shown, Html)
        assert (shown.part, shown.blocked, shown.height) == (0, 1, "short")
    (asked,) = body_of(raw, Prefer.HTML, True).shown
    assert isinstance(asked, Html)
    assert asked.blocked == 0


def test_attachments_are_numbered_as_their_addresses_count_them() -> None:
    """By the preference for HTML, whatever is shown: the link must lead to the part that it names."""
    raw = letter(
        text="plain",
        html="<p>rich</p>",
        parts=[attached("a.pdf", "application/pdf", b"%PDF"), attached("b.png", "image/png", PIXEL)],
    )
    for prefer in Prefer:
        found = [(one.part, one.name, one.picture) for one in body_of(raw, prefer).attached]
        assert found == [(1, "a.pdf", False), (2, "b.png", True)]


def test_a_picture_that_the_html_shows_is_no_attachment_and_an_svg_always_is() -> None:
    raw = letter(
        text=None,
        html='<img src="cid:pic@x"><img src="cid:vector@x">',
        parts=[
            attached("pic.png", "image/png", PIXEL, cid="pic@x"),
            attached("vector.svg", "image/svg+xml", b"<svg/>", cid="vector@x"),
            attached("other.png", "image/png", PIXEL, cid="other@x"),
        ],
    )
    body = body_of(raw, Prefer.HTML)
    assert [(one.name, one.picture) for one in body.attached] == [("vector.svg", False), ("other.png", True)]
    text = framed(raw, 0, False) or ""
    assert text.count("data:image/png;base64,") == 1
    assert "svg" not in text


def test_a_frame_is_there_for_html_parts_only() -> None:
    raw = letter(text="plain", parts=[attached("x.svg", "image/svg+xml", b"<svg onload='x'/>")])
    assert framed(raw, None, False) is None
    assert framed(raw, 1, False) is None
    assert framed(letter(text=None, html="<p>x</p>"), 7, False) is None


def test_an_attached_html_file_is_a_link_and_never_part_of_the_page() -> None:
    page = attached("page.html", "text/html", b"<script>1</script>")
    body = body_of(letter(text="see", parts=[page]), Prefer.HTML)
    assert [type(one) for one in body.shown] == [Text]
    assert [one.name for one in body.attached] == ["page.html"]


def test_hostile_file_names_are_shown_tamed() -> None:
    names = ["../../etc/passwd", "photo\u202egpj.exe", "<img src=x onerror=1>.png", ""]
    heads = [f"Content-Type: application/x; name*=utf-8''{quote(name, safe='')}" for name in names]
    raw = letter(parts=[Part(head, b"x") for head in heads])
    found = [one.name for one in body_of(raw, Prefer.TEXT).attached]
    assert found == ["../../etc/passwd", "photogpj.exe", "<img src=x onerror=1>.png", "part 5"]


def test_what_is_no_mail_is_shown_as_it_came() -> None:
    body = raw_body(b"\xff\xfe no mail \x00 at all")
    (text,) = body.shown
    assert isinstance(text, Text)
    assert "no mail" in words(text)


def test_a_frame_may_load_nothing_unless_its_reader_asks_for_pictures() -> None:
    for remote in (False, True):
        told = policy(remote)
        assert told.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'")
        assert "script" not in told
        assert "allow-same-origin" not in told
        assert ("https:" in told) is remote


def test_a_small_mail_cannot_make_a_huge_frame() -> None:
    """A picture named ten thousand times is sent until the frame is long enough, and then left out."""
    picture = attached("big.png", "image/png", PIXEL + b"\0" * 60_000, cid="big@x")
    raw = letter(text=None, html='<img src="cid:big@x">' * 10_000, parts=[picture])
    assert len(framed(raw, 0, False) or "") < PICTURES + 2_000_000


def test_a_mail_of_hundreds_of_pages_shows_the_first_and_links_to_the_others() -> None:
    """Each frame is a page for the browser; hundreds would stop it."""
    page = Part("Content-Type: text/html", b"<p>x</p>")
    body = body_of(letter(text=None, html="<p>first</p>", parts=[page] * 300), Prefer.HTML)
    assert len(body.shown) == PARTS
    assert [one.part for one in body.attached] == list(range(PARTS, 301))
