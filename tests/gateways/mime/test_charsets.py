"""Texts in every charset that mails name, name wrongly, or do not name."""

import pytest

from syncline.gateways.mime.charsets import codec, decode
from syncline.gateways.mime.opening import open_mail
from syncline.gateways.mime.transfer import decode as unpack
from syncline.gateways.mime.transfer import encoding


@pytest.mark.parametrize(
    ("text", "charset", "declared"),
    [
        ("grün", "utf-8", "utf-8"),
        ("grün", "utf-8", ""),
        ("grün", "utf-8", "us-ascii"),
        ("grün", "utf-8", "no-such-charset"),
        ("grün", "latin-1", ""),
        ("grün", "latin-1", "us-ascii"),
        ("“quoted” – 5 €", "windows-1252", "iso-8859-1"),
        ("“quoted” – 5 €", "windows-1252", "unknown-8bit"),
        ("“quoted”", "windows-1252", "charset iso-8859-1"),
        ("ąćę", "iso-8859-2", '"iso-8859-2"'),
        ("ąćę", "windows-1250", "x-cp1250"),
        ("привет", "koi8-r", "KOI8-R"),
        ("привет", "windows-1251", "windows-1251;"),
        ("日本", "iso-2022-jp", "iso-2022-jp"),
        ("日本", "shift_jis", "x-sjis"),
        ("日本", "euc_jp", "euc"),
        ("汉字", "gb18030", "gb2312"),
        ("漢字", "big5", "big5"),
        ("한글", "cp949", "ks_c_5601-1987"),
        ("日本", "utf-16", "utf-16"),
        ("grün", "utf-7", "utf-7"),
        ("grün", "utf-7", "unicode-1-1-utf-7"),
    ],
)
def test_a_text_is_read_in_the_charset_it_is_in(text: str, charset: str, declared: str) -> None:
    """Declared first, then UTF-8, then windows-1252 where the declaration allows it."""
    assert decode(text.encode(charset), declared) == text


@pytest.mark.parametrize(
    ("data", "declared", "shown"),
    [
        (b"caf\xe9 \xff", "utf-8", "caf\ufffd \ufffd"),
        (b"+2AA-", "utf-7", "\ufffd"),
        (b"+AGEA-\xff", "utf-7", None),
        (b"\x80\x81", "iso-8859-1", None),
        (b"a\0b", "utf-8", "ab"),
        (b"\xff\xfe\x00\xd8", "utf-16", None),
        (b"zz\x1b$B", "iso-2022-jp", None),
        (b"\xed\xa0\x80", "utf-8", None),
    ],
)
def test_bytes_that_are_wrong_never_make_a_text_that_cannot_be_stored(
    data: bytes, declared: str, shown: str | None
) -> None:
    """Broken UTF-7 of spam stopped mail programs; a lone surrogate stops JSON."""
    text = decode(data, declared)
    text.encode()
    assert "\0" not in text
    assert shown is None or text == shown


@pytest.mark.parametrize(
    "name",
    ["punycode", "idna", "unicode_escape", "rot13", "hex", "zlib", "base64", "undefined", "\0", "x" * 9999],
)
def test_names_of_things_that_are_no_charsets_are_unknown(name: str) -> None:
    """Python's codecs can do more than charsets: some take forever."""
    assert not codec(name)
    assert decode(b"grue\xc3\x9fe", name) == "grueße"


def test_a_text_cut_within_a_character_is_not_taken_for_another_charset() -> None:
    """Only the beginning of a huge text is read."""
    assert decode("grüß".encode()[:-1], "utf-8", torn=True) == "grü"


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (None, ""),
        (b"7bit;", ""),
        (b"8-bit", ""),
        (b"x-uuencode", ""),
        (b"BASE64", "base64"),
        (b'"base64"', "base64"),
        (b"base64 (really)", "base64"),
        (b"Quoted-Printable", "qp"),
        (b"quoted_printable", "qp"),
    ],
)
def test_transfer_encodings_by_any_name(value: bytes | None, meant: str) -> None:
    assert encoding(value) == meant


@pytest.mark.parametrize(
    ("data", "name", "meant"),
    [
        (b"aGVsbG8=", "base64", b"hello"),
        (b"aGVsbG8", "base64", b"hello"),
        (b"aGVs\r\nbG8=\r\n", "base64", b"hello"),
        (b"aGVs!bG8=", "base64", b"hello"),
        (b"aGVsbG8=x", "base64", b"hello"),
        (b"aGVsb", "base64", b"hel"),
        (b"This is plain, isn't it? (Yes!)\n", "base64", b"This is plain, isn't it? (Yes!)\n"),
        (
            b"aGVsbG8=\n\n--\nA list that adds its footer, as is.\n",
            "base64",
            b"hello\n--\nA list that adds its footer, as is.\n",
        ),
        (b"a=3Db=\nc=ZZ=", "qp", b"a=bc=ZZ"),
        (b"as \xff it is", "", b"as \xff it is"),
    ],
)
def test_transfer_encodings_as_they_come(data: bytes, name: str, meant: bytes) -> None:
    """Padding missing, noise between, a letter too many, no base64 at all."""
    assert unpack(data, name) == meant


def test_html_may_name_its_charset_itself() -> None:
    page = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">привет'.encode("cp1251")
    (leaf,) = open_mail(b"From: a@b.org\nContent-Type: text/html\n\n" + page).leaves()
    assert "привет" in leaf.text
