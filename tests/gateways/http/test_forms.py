"""Forms: any bytes in, the same bytes out, in one piece or in slices, whatever is wrong with them."""

from urllib.parse import quote_from_bytes, quote_plus, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncline.core.errors import Invalid
from syncline.gateways.http import forms
from syncline.gateways.http.forms import MOST_FIELDS, SLICE, multipart, urlencoded


@given(st.dictionaries(st.text("abcäö &=%+", min_size=1, max_size=9), st.binary(max_size=200), max_size=5))
def test_a_mail_in_a_form_is_bytes_and_stays_so(fields: dict[str, bytes]) -> None:
    """A mail in Latin-1, or in a charset that nobody knows, is no UTF-8 text (Heliotrope reference 9.7)."""
    pairs = (f"{quote_plus(name)}={quote_plus(value)}" for name, value in fields.items())
    assert urlencoded(["&".join(pairs).encode()]) == fields


def test_an_equals_sign_in_a_value_is_one() -> None:
    """Scripts that escape too little: `=` stands in every second mail, often before two letters like an
    escape of quoted-printable."""
    assert urlencoded([b"message=a%20b=3D=\r\n=c&b=="]) == {"message": b"a b=3D=\r\n=c", "b": b"="}


@given(st.binary(max_size=300).map(lambda raw: raw.replace(b"&", b"").replace(b"=", b"")))
def test_malformed_escapes_are_read_as_the_standard_library_reads_them(raw: bytes) -> None:
    """`100%`, `%zz` and a lone `%` at the end stay what they are; nothing is ever refused."""
    assert urlencoded([b"message=", raw]) == {"message": unquote_to_bytes(raw.replace(b"+", b" "))}


@pytest.mark.parametrize("shift", range(4))
def test_an_escape_on_the_edge_of_a_slice_is_one(shift: int) -> None:
    """Long forms are decoded in slices, so that nothing holds the event loop."""
    value = b"x" * (SLICE - 2 - shift) + bytes(range(256)) * 1200
    for text in (quote_plus(value), quote_from_bytes(value, safe="")):
        assert urlencoded([f"a=1&message={text}&b=2".encode()]) == {"a": b"1", "message": value, "b": b"2"}


def test_of_a_repeated_field_the_last_counts_and_names_without_a_value_are_left_out() -> None:
    """As the original's framework does it."""
    assert urlencoded([b"a=1&b&=3&a=2&&"]) == {"a": b"2"}
    assert urlencoded([]) == {}


def test_a_form_has_so_many_fields() -> None:
    """Nobody makes us walk through a million of them."""
    with pytest.raises(Invalid):
        urlencoded([b"&" * (MOST_FIELDS + 1)])
    with pytest.raises(Invalid):
        multipart([b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 200 + b"--b--"], b"b")


@given(st.lists(st.tuples(st.text('abc"\\ ', min_size=1, max_size=5), st.binary(max_size=99)), max_size=4))
def test_files_in_a_form_arrive_as_they_are(fields: list[tuple[str, bytes]]) -> None:
    """`curl -F message=@mail.eml` sends multipart/form-data."""
    parts = [
        b'--b0undary\r\nContent-Disposition: form-data; name="%b"; filename="mail.eml"\r\n\r\n%b\r\n'
        % (name.replace("\\", "").replace('"', "").strip().encode() or b"x", value)
        for name, value in fields
    ]
    found = multipart([b"".join(parts) + b"--b0undary--\r\n"], b"b0undary")
    assert set(found.values()) <= {value for _, value in fields}
    if fields:
        assert fields[-1][1] in found.values()


@pytest.mark.parametrize(
    "body", [b"", b"--other\r\n", b"--b\r\n", b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx"]
)
def test_a_form_that_ends_too_early_is_refused(body: bytes) -> None:
    """A mail cut off on its way must not be taken for the whole."""
    with pytest.raises(Invalid):
        multipart([body], b"b")


def test_what_is_looked_for_is_found_on_the_edge_of_a_step() -> None:
    """Boundaries may lie anywhere."""
    for at in (0, 5, SLICE * 8 - 3, SLICE * 8, SLICE * 8 + 1):
        assert forms.find(b"x" * at + b"--bound" + b"y" * 10, b"--bound", 0) == at
    assert forms.find(b"x" * SLICE * 17, b"--bound", 0) == -1
