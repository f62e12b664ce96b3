"""How deep JSON may be: the same for whoever writes and whoever reads, however deep they stand themselves."""

import pytest

from syncline.core.errors import Invalid, TooLarge
from syncline.core.nesting import DEEPEST, check_nesting, parse_object


@pytest.mark.parametrize(("begin", "end"), [(b'{"a":', b"}"), (b"[", b"]")])
def test_the_limit_is_exact(begin: bytes, end: bytes) -> None:
    """The outermost object is the first level."""
    inside = DEEPEST - 1
    fits = b'{"a":%s1%s}' % (begin * inside, end * inside)
    assert "a" in parse_object(fits, "No.", field="body")
    with pytest.raises(TooLarge):
        parse_object(b'{"a":%s1%s}' % (begin * DEEPEST, end * DEEPEST), "No.", field="body")


@pytest.mark.parametrize("levels", [500, 990, 100_000])
def test_beyond_what_the_parser_takes_the_answer_is_the_same(levels: int) -> None:
    """Python's own limit depends on the frames above: it must not decide."""
    with pytest.raises(TooLarge):
        parse_object(b'{"a":' * levels + b"1" + b"}" * levels, "No.", field="body")


def test_many_brackets_are_not_many_levels() -> None:
    """A long list of small objects, or a text full of brackets."""
    wide = {"a": [{"b": [1, "[[[{{{"]}] * 500, "text": "[" * 5000}
    check_nesting(wide, field="body")
    assert parse_object(b'{"text":"%s","l":[%s{}]}' % (b"[" * 500, b"{}," * 500), "No.", field="body")


def test_what_is_no_object_is_said_in_the_callers_words() -> None:
    """Broken, a list, not UTF-8."""
    for text in (b"", b"{", b"[]", b"1", b'{"a":"\xff"}'):
        with pytest.raises(Invalid, match="No object"):
            parse_object(text, "No object.", field="body")
