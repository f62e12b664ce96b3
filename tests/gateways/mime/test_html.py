"""HTML of strangers: shown without danger, read as a person would."""

import re
import time

import pytest

from syncline.gateways.mime import html as rules
from syncline.gateways.mime.html import safe_html
from syncline.gateways.mime.html_text import html_text

PNG = "data:image/png;base64,AAAA"

HOSTILE = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg onload=alert(1)><use href='data:image/svg+xml,x'/></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href=' \x01javascript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object><embed src='javascript:x'>",
    "<form action='http://evil.example/'><input name=a><button formaction='javascript:x'>b</button></form>",
    "<base href='http://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=http://evil.example/'>",
    "<link rel=prefetch href='http://evil.example/'><link rel=stylesheet href='http://evil.example/'>",
    "<style>@import 'http://evil.example/'; body{background:url(http://evil.example/)}</style>",
    "<p style='background:url(http://evil.example/)'>x",
    "<p style='background:u\\72l(http://evil.example/)'>x",
    "<p style='background-image:image-set(\"http://evil.example/\" 1x)'>x",
    "<p style='list-style:url(http://evil.example/)'>x",
    "<p style='background-color:url(http://evil.example/)'>x",
    "<p style='width:expression(alert(1))'>x",
    "<p style='position:fixed;top:0;left:0'>x",
    "<img src='http://evil.example/1.png'><img src='//evil.example/2.png'>",
    "<img src='HTTP://evil.example/1.png'><img src='\nhttps://evil.example/3.png'>",
    "<img srcset='http://evil.example/1.png 2x'><picture><source srcset='http://evil.example/2.png'></picture>",
    "<table background='http://evil.example/1.png'><body background='http://evil.example/2.png'>",
    "<video poster='http://evil.example/' src='http://evil.example/'></video><audio src='http://evil.example/'>",
    "<input type=image src='http://evil.example/'>",
    "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
    "<img src='cid:svg'><img src='cid:none'>",
    "<img src='file:///etc/passwd'><img src='/message/1/raw'><img src='relative.png'>",
    "<!--<script>alert(1)</script>--><![CDATA[<script>alert(1)</script>]]>",
    "<p id=x class=y data-x=z onclick=alert(1)>x",
]


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_of_a_stranger_runs_or_is_fetched(html: str) -> None:
    """Threat: a mail runs script in the reader's account, or tells its sender that it was read."""
    shown = safe_html(html, pictures={"svg": "data:image/svg+xml;base64,PHN2Zz4="}, remote=False).html
    tags = re.findall(r"<[^>]*>", shown)
    for tag in tags:
        assert not re.search(
            r"script|onerror|onload|onclick|evil|url\(|svg|position|formaction|http-equiv", tag
        ), tag
        assert not re.match(
            r"<(?:form|input|button|base|meta|link|style|iframe|object|embed|video|picture)", tag
        ), tag
        assert not re.search(r"(?:src|href|background)=\"(?!data:image/png)", tag), tag


def test_remote_pictures_are_counted_and_come_on_request_only() -> None:
    """The reader decides; the sender of a mail must not learn that it was opened."""
    html = "<img src='http://x.example/1.png' alt=one><img src='//x.example/2.png'><td background='http://x.example/3'>"
    blocked = safe_html(html, pictures={}, remote=False)
    assert blocked.blocked == 2  # a cell without its table is none
    assert "x.example" not in blocked.html
    assert 'alt="one"' in blocked.html
    asked = safe_html(html, pictures={}, remote=True)
    assert asked.blocked == 0
    assert 'src="http://x.example/1.png"' in asked.html
    assert 'src="https://x.example/2.png"' in asked.html


def test_pictures_of_styles_are_counted_and_never_loaded() -> None:
    html = "<style>p{background:url(http://x.example/)}</style><p style='background:url(//x.example/)'>x"
    for remote in (True, False):
        shown = safe_html(html, pictures={}, remote=remote)
        assert "x.example" not in shown.html
        assert shown.blocked == 2


@pytest.mark.parametrize("src", ["cid:a@b", "CID:a@b", "cid:a%40b"])
def test_pictures_within_the_mail_are_shown(src: str) -> None:
    assert safe_html(f"<img src='{src}'>", pictures={"a@b": PNG}, remote=False).html == f'<img src="{PNG}">'


def test_links_open_elsewhere_and_tell_nothing() -> None:
    shown = safe_html(
        "<a href='https://x.example/?a=1&amp;b=2' target=_top>x</a>", pictures={}, remote=False
    ).html
    assert 'rel="noopener noreferrer nofollow"' in shown
    assert 'target="_blank"' in shown
    assert 'href="https://x.example/?a=1&amp;b=2"' in shown
    assert (
        'href="mailto:a@b.org"' in safe_html("<a href=mailto:a@b.org>x</a>", pictures={}, remote=False).html
    )


def test_what_is_harmless_stays() -> None:
    """A mail should look as it was written."""
    html = (
        '<p style="color:red;font-size:12px"><b>a</b></p>'
        '<table bgcolor="blue"><tbody><tr><td>x</td></tr></tbody></table>'
    )
    assert safe_html(html, pictures={}, remote=False).html == html


BOMBS = {
    "nested": "<div>" * 19_000,
    "more nested": "<div>" * 300_000,
    "references": "&" * 2_000_000,
    "attributes": "<p " + " ".join(f"a{number}=1" for number in range(200_000)) + ">x",
    "attributes without blanks": "<p " + "".join(f'a{number}=""' for number in range(200_000)) + ">x",
    "open formatting": "<p>" + "".join(f"<font a={number}>" for number in range(5000)) + "<p>x" * 5000,
    "tables": "<table><tr><td>" * 6000,
    "styles": "<p style='" + "a:b;" * 400_000 + "'>x",
    "comments": "<!--" * 100_000,
    "brackets": "<" * 1_000_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_page_made_to_be_slow_is_shown_as_text(name: str) -> None:
    """Nesting and open formatting cost the square of their number in every HTML parser."""
    begun = time.process_time()
    safe_html(BOMBS[name], pictures={}, remote=False)
    html_text(BOMBS[name])
    assert time.process_time() - begun < 8


def test_no_page_of_the_corpora_is_too_much() -> None:
    """The limits are far above what people send: the largest page there has 4,646 tags."""
    page = "<table>" + "<tr><td><font color=red><b>x</b></font></td></tr>" * 1000 + "</table>"
    assert "<table>" in safe_html(page, pictures={}, remote=False).html
    assert rules.MOST_TAGS > 4 * 4646


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a<b>b</b>c", "abc"),
        ("<p>a</p><p>b", "a\nb"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<table><tr><td>a<td>b</tr><tr><td>c</table>", "a\nb\nc"),
        ("a\n  b\tc", "a b c"),
        ("&lt;a&gt; &eacute;&nbsp;&#8364;", "<a> é €"),
        ("<head><title>t</title><style>s{}</style></head><body>x", "x"),
        ("<script>a</script><noscript>b</noscript><textarea>c</textarea>", "b"),
        ("a<div style='display: none'>hidden</div>b", "a\nb"),
        ("a<span hidden>hidden</span>b", "ab"),
        ("<div style='display:none'><p>hidden</div>seen", "seen"),
        ("soft&shy;hy<wbr>phen zero&#8203;width", "soft hyphen zero width"),
        ("<!-- comment -->x<![if mso]>y<![endif]>", "xy"),
        ("<p title='a > b' alt=no>x", "x"),
        ("just text", "just text"),
        ("", ""),
        ("<", "<"),
    ],
)
def test_html_is_read_as_a_person_would(html: str, text: str) -> None:
    """Blocks on lines of their own, words whole, nothing that is not seen."""
    assert html_text(html) == text
