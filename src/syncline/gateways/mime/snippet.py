"""The beginning of a mail's text, as lists of mails show it (Heliotrope reference 2.6)."""

import re
from typing import Final

READ: Final = 1000
SHOWN: Final = 100
"""Characters."""

SKIPPED: Final = re.compile(r"\s*$|\s*>|.*---|.*(?:wrote|said):\s*$")


def snippet(text: str) -> str:
    """The first 100 characters that are the writer's own: no quotes, rules, or `… wrote:` before them."""
    lines = text[:READ].splitlines()
    for number, line in enumerate(lines):
        if not SKIPPED.match(line):
            return " ".join(" ".join(lines[number:]).split())[:SHOWN].rstrip()
    return ""
