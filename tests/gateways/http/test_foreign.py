"""Foreign bytes: always sandboxed, never sniffed, and in place only where no script can be."""

import pytest

from syncline.gateways.http.foreign import foreign_headers


def header(name: str, *args: str, download: bool = False) -> str:
    """One header of what is sent."""
    return dict(foreign_headers(*args, download=download))[name.encode()].decode()


@pytest.mark.parametrize(
    "type", ["image/png", "IMAGE/JPEG", "image/webp; x=1", "text/plain; charset=latin-1"]
)
def test_pictures_and_plain_text_are_shown_in_place(type: str) -> None:
    """They hold no script."""
    assert header("Content-Disposition", type).startswith("inline")


@pytest.mark.parametrize(
    "type",
    [
        "text/html",
        "image/svg+xml",
        "application/xhtml+xml",
        "application/pdf",
        "text/xml",
        "application/javascript",
        "",
    ],
)
def test_everything_else_is_downloaded(type: str) -> None:
    """SVG and XML are documents with scripts, whatever they are called."""
    assert header("Content-Disposition", type).startswith("attachment")


@pytest.mark.parametrize("type", ["text/html", "image/png", "nonsense", "a/b\r\nX-Evil: 1"])
def test_always_sandboxed_and_never_sniffed(type: str) -> None:
    """Even what a browser shows in place runs nothing and has no origin."""
    assert header("Content-Security-Policy", type) == "sandbox; default-src 'none'"
    assert header("X-Content-Type-Options", type) == "nosniff"


@pytest.mark.parametrize("type", ["a/b\r\nX-Evil: 1", "text/html, image/png", "x", "a/b/c", "täxt/html"])
def test_what_is_no_type_becomes_octets(type: str) -> None:
    """A header is not split, and a browser is not made to guess."""
    assert header("Content-Type", type) == "application/octet-stream"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("report.pdf", 'attachment; filename="report.pdf"'),
        ("../../etc/passwd", 'attachment; filename="_.._etc_passwd"'),
        ('a"b\r\nc', "attachment; filename=\"a_b__c\"; filename*=UTF-8''a%22b__c"),
        ("übung.txt", "attachment; filename=\"_bung.txt\"; filename*=UTF-8''%C3%BCbung.txt"),
        ("gpj.\u202eexe", 'attachment; filename="gpj._exe"'),
        ("", "attachment"),
        ("...", "attachment"),
        ("\ud800", "attachment; filename=\"_\"; filename*=UTF-8''%3F"),
    ],
)
def test_a_name_from_outside_is_only_a_name(name: str, expected: str) -> None:
    """No path, no second header, no letters that turn the reading direction."""
    assert header("Content-Disposition", "application/zip", name) == expected


def test_a_picture_can_be_sent_as_a_download() -> None:
    """For the link that says so."""
    assert (
        header("Content-Disposition", "image/png", "a.png", download=True) == 'attachment; filename="a.png"'
    )
