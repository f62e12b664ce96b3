"""Mentions: who is named in a text by `@` and a Fleep address."""

import re
from typing import Final

AT: Final = re.compile(r"(?<![\w.=/+@-])@([a-z0-9._=/+-]{1,128}+)", re.IGNORECASE | re.ASCII)
"""An `@` that begins a word, and the longest run of what an address may have (services/accounts)."""

ENDINGS: Final = ".-/=+_"


def mentioned_names(text: str) -> tuple[str, ...]:
    """The Fleep addresses that a text may mention, in lower case, each once.

    Where a run ends in a sign that may belong to the sentence, it is given with and without: `@bob.` may
    be Bob, or the one called `bob.`.
    """
    found: dict[str, None] = {}
    for run in AT.findall(text):
        name = run.lower()
        found[name] = None
        if bare := name.rstrip(ENDINGS):
            found[bare] = None
    return tuple(found)
