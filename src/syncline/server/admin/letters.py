"""The mails of the sample workspace: a few threads to search, label and read."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

import msgspec

ANN: Final = "Ann Sample <ann@example.org>"
BO: Final = "Bo Sample <bo@example.org>"
CLEO: Final = "Cleo Sample <cleo@example.org>"
MIRA: Final = "Mira Öberg <mira@books.example>"
NEWS: Final = "Harbour News <news@lists.example>"


class Letter(msgspec.Struct, frozen=True):
    """One mail. `days` ago it was sent; `answers` and `name` tie a thread together."""

    name: str
    days: float
    sender: str
    subject: str
    text: str
    answers: tuple[str, ...] = ()
    html: str | None = None
    file: tuple[str, str] | None = None
    labels: tuple[str, ...] = ("inbox",)
    state: tuple[str, ...] = ("unread",)
    list_id: str | None = None


LETTERS: Final = (
    Letter(
        "tickets-1",
        9,
        BO,
        "Tickets for Tartu",
        "Hi Ann,\n\nthe morning train still has seats. Shall I take three?\n\nBo\n",
        labels=("inbox", "travel"),
        state=(),
    ),
    Letter(
        "tickets-2",
        8.6,
        CLEO,
        "Re: Tickets for Tartu",
        "Count me in.\n\nBo Sample wrote:\n> the morning train still has seats. Shall I take three?\n\n"
        "Window seat, please!\n",
        ("tickets-1",),
        labels=("inbox", "travel"),
    ),
    Letter(
        "tickets-3",
        8.2,
        BO,
        "Re: Tickets for Tartu",
        "Done. The plan is attached.\n",
        ("tickets-1", "tickets-2"),
        file=("plan.txt", "08:16 departure, track 2\n10:24 Tartu\n"),
        labels=("inbox", "travel"),
        state=("unread", "starred"),
    ),
    Letter(
        "invoice-1",
        5,
        MIRA,
        "Invoice 2041",
        "Dear Ann,\n\nthank you for your order of six notebooks.\nPlease pay within 14 days.\n\nMira Öberg\n",
        html="<p>Dear Ann,</p><p>thank you for your order of <b>six notebooks</b>.<br>"
        "Please pay within 14 days.</p><p>Mira Öberg</p>",
        file=("invoice-2041.txt", "Six notebooks, blank: 42.00\n"),
        labels=("inbox", "money"),
    ),
    Letter(
        "news-1",
        2,
        NEWS,
        "This week at the harbour",
        "The lighthouse opens on Saturday.\nBoats leave every hour.\n",
        labels=("inbox", "lists"),
        list_id="Harbour News <news.lists.example>",
    ),
    Letter(
        "party-1",
        1,
        CLEO,
        "パーティー on Friday – café?",
        "At noon in the café by the harbour. 東京 style pancakes!\n",
    ),
)


def raw_letter(letter: Letter, now: datetime) -> bytes:
    """The letter as it would come by mail, its date counted from now."""
    mail = EmailMessage()
    mail["Message-ID"] = f"<{letter.name}@sample.example>"
    mail["From"], mail["To"], mail["Subject"] = letter.sender, ANN, letter.subject
    mail["Date"] = format_datetime(now - timedelta(days=letter.days))
    if letter.answers:
        mail["In-Reply-To"] = f"<{letter.answers[-1]}@sample.example>"
        mail["References"] = " ".join(f"<{name}@sample.example>" for name in letter.answers)
    if letter.list_id is not None:
        mail["List-Id"] = letter.list_id
    mail.set_content(letter.text)
    if letter.html is not None:
        mail.add_alternative(letter.html, subtype="html")
    if letter.file is not None:
        name, text = letter.file
        mail.add_attachment(text, filename=name)
    return mail.as_bytes()


def raw_letters(now: datetime | None = None) -> list[tuple[Letter, bytes]]:
    """All letters, the oldest first."""
    now = now or datetime.now(UTC)
    return [(letter, raw_letter(letter, now)) for letter in LETTERS]
