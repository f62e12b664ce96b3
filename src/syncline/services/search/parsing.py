"""From the text of a query to what it says: recursive descent over Heliotrope's grammar (reference 3.1).

    query = { item }                              items side by side: all of them
    item  = atom { "OR" atom }                    OR binds tighter
    atom  = "-" atom | "(" query ")" | "~" word | "*"
          | [ word ":" ] ( word | phrase ) | word ":" "(" query ")"

White space may stand between any two tokens. As an extension a label with blanks is asked for as
`~"my label"`.
"""

import re
from typing import Final, NamedTuple, NoReturn

from syncline.core.errors import BadQuery
from syncline.services.search.language import DEFAULT_FIELD, And, Every, Label, Not, Nothing, Or, Query, Term

MOST_CHARACTERS: Final = 2000
MOST_TERMS: Final = 200
MOST_DEPTH: Final = 50
"""Parentheses and minus signs inside one another."""


class Token(NamedTuple):
    """One token: its text, whether it is a word, and where it stands. The end is a token without text."""

    text: str
    is_word: bool
    at: int


def parse(text: str) -> Query:
    """What a query says; raises BadQuery where it makes no sense, with the place."""
    if len(text) > MOST_CHARACTERS:
        raise BadQuery(f"A query has at most {MOST_CHARACTERS:,} characters.", MOST_CHARACTERS)
    return _Parser(text).parse()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = [
            Token(found[0], found.lastgroup == "word", found.start()) for found in _TOKEN.finditer(text)
        ]
        self._tokens.append(Token("", False, len(text)))
        self._next = 0
        self._terms = 0
        self._depth = 0

    def parse(self) -> Query:
        if len(self._tokens) == 1:
            return Nothing()
        query = self._query(None)
        if self._peek().text:
            self._fail("the end of the query")
        return query

    def _query(self, field: str | None) -> Query:
        """One item or more, up to a closing parenthesis or the end."""
        items = [self._item(field)]
        while self._peek().text not in ("", ")"):
            items.append(self._item(field))
        return items[0] if len(items) == 1 else And(tuple(items))

    def _item(self, field: str | None) -> Query:
        atoms = [self._atom(field)]
        while self._is_or(self._peek()):
            self._take()
            atoms.append(self._atom(field))
        return atoms[0] if len(atoms) == 1 else Or(tuple(atoms))

    def _atom(self, field: str | None) -> Query:
        """`field`: the outermost one, which holds for every term inside its parentheses."""
        token = self._take()
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise BadQuery(f"A query has at most {MOST_TERMS} terms.", token.at)
        match token.text:
            case "-" if not token.is_word:
                self._deeper(token)
                negated = Not(self._atom(field))
                self._depth -= 1
                return negated
            case "(":
                return self._group(token, field)
            case "~":
                return self._label()
            case "*" if not token.is_word:
                return Every()
            case '"':
                return Term(field or DEFAULT_FIELD, self._phrase(), quoted=True)
        if not token.is_word or self._is_or(token):
            self._fail("a word", token)
        if self._peek().text != ":":
            return Term(field or DEFAULT_FIELD, (token.text,))
        self._take()
        return self._value(field or token.text)

    def _value(self, field: str) -> Query:
        """What stands after `field:`."""
        token = self._take()
        if token.text == "(":
            return self._group(token, field)
        if token.text == '"':
            return Term(field, self._phrase(), quoted=True)
        if not token.is_word or self._is_or(token):
            self._fail("a word, a phrase or ( after the field", token)
        return Term(field, (token.text,))

    def _group(self, opened: Token, field: str | None) -> Query:
        self._deeper(opened)
        query = self._query(field)
        if self._peek().text != ")":
            self._fail(")")
        self._take()
        self._depth -= 1
        return query

    def _phrase(self) -> tuple[str, ...]:
        """The words up to the closing quote: one or more, and nothing else."""
        words: list[str] = []
        while (token := self._take()).text != '"' or not words:
            if not token.is_word or self._is_or(token):
                self._fail("a word or the closing quote" if words else "a word", token)
            words.append(token.text)
        return tuple(words)

    def _label(self) -> Query:
        token = self._take()
        if token.text == '"':
            return Label(" ".join(self._phrase()))
        if not token.is_word or self._is_or(token):
            self._fail("a label", token)
        return Label(token.text)

    def _deeper(self, token: Token) -> None:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise BadQuery(f"A query nests at most {MOST_DEPTH} levels deep.", token.at)

    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._tokens[self._next]
        if token.text:
            self._next += 1
        return token

    @staticmethod
    def _is_or(token: Token) -> bool:
        return token.is_word and token.text == "OR"

    def _fail(self, expected: str, token: Token | None = None) -> NoReturn:
        found = self._peek() if token is None else token
        what = repr(found.text) if found.text else "end of the query"
        raise BadQuery(f"parse error: unexpected {what}, expecting {expected}", found.at)


_TOKEN: Final = re.compile(r"""(?P<word>[^\s()"\-~:*][^\s()":]*)|[()"\-~:*]""")
"""A word may contain `-`, `~` and `*`, but not begin with them."""
