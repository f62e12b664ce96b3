"""Made-up mails for measurements: words by a law like that of real texts, threads, a few labels.

Deterministic: the same number gives the same mail on every machine. Frequencies fall off as in real mail
(the n-th word has a share of about 1/n), which is what makes a word common or rare to a search.
"""

import random
from itertools import accumulate
from typing import Final

from syncline.gateways.mime.mail import read_mail
from syncline.services.mail import Incoming

VOCABULARY: Final = 40_000
WORDS: Final = 170
"""words of a body: 1.3 KB with them"""
LABELS: Final = tuple(f"label{n}" for n in range(12))
LONG_THREAD: Final = 500
COMMON: Final = tuple(f"w{n}x" for n in range(30, 150, 3))
"""words that a tenth to two fifths of the mails hold"""
MEDIUM: Final = tuple(f"w{n}x" for n in range(400, 1000, 10))

_SHARES: Final = list(accumulate(1 / (n + 2) for n in range(VOCABULARY)))
_LIST: Final = [f"w{n}x" for n in range(VOCABULARY)]


def raw(number: int) -> bytes:
    """The raw mail of a number; the first LONG_THREAD are one thread, later ones in threads of three."""
    chance = random.Random(number)
    text = chance.choices(_LIST, cum_weights=_SHARES, k=WORDS)
    lines = "\n".join(" ".join(text[at : at + 12]) for at in range(0, WORDS, 12))
    answers = ""
    if 0 < number < LONG_THREAD:
        answers = f"In-Reply-To: <{chance.randrange(number)}@bench.example>\n"
    elif number > LONG_THREAD and number % 3:
        answers = f"In-Reply-To: <{number - 1}@bench.example>\n"
    who = chance.randrange(3000)
    return (
        f"Message-ID: <{number}@bench.example>\nFrom: Person {who} <person{who}@mail.example>\n"
        f"To: Member 0 <member0@bench.example>\nSubject: {' '.join(text[:6])}\n"
        f"Date: Mon, 02 Jan 2023 {number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02} +0000\n"
        f"{answers}Content-Type: text/plain; charset=utf-8\n\n{lines}\n"
    ).encode()


def incoming(number: int) -> Incoming:
    """The mail of a number as an import hands it on: one to three labels, every tenth unread."""
    chance = random.Random(-number)
    mail = raw(number)
    labels = tuple(chance.sample(LABELS, chance.randint(1, 3)))
    return Incoming(read_mail(mail), mail, labels, ("unread",) if number % 10 == 0 else ())
