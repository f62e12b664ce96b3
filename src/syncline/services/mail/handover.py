"""The words of mails just added, on their way to the search index."""

from collections import OrderedDict
from typing import Final

from syncline.core.mail import Words

MOST: Final = 32 << 20
"""Characters kept. What is pushed out is read again from its raw mail: slower, never wrong."""


class Handover:
    """Keeps words from the moment that a mail was read until the index takes them."""

    def __init__(self, most: int = MOST) -> None:
        """Keep about this many characters."""
        self._most = most
        self._size = 0
        self._words: OrderedDict[bytes, Words] = OrderedDict()

    def put(self, hash: bytes, words: Words) -> None:
        """Keep the words of the mail with these raw bytes."""
        self.pop(hash)
        self._words[hash] = words
        self._size += _size(words)
        while self._size > self._most and self._words:
            _, oldest = self._words.popitem(last=False)
            self._size -= _size(oldest)

    def pop(self, hash: bytes) -> Words | None:
        """Take them out; None if they are not here (any more)."""
        found = self._words.pop(hash, None)
        if found is not None:
            self._size -= _size(found)
        return found


def _size(words: Words) -> int:
    return 500 + len(words.body) + len(words.subject) + len(words.recipients)
