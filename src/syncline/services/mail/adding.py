"""Taking a mail in: one work that numbers it, puts it into its thread, and knows its sender."""

from collections.abc import Sequence
from typing import Any

import msgspec

from syncline.core.entries import Entry, NewEntry
from syncline.core.ids import Hash, Id, ZoneId
from syncline.core.kinds import EntryKind, Rel, Space, ZoneKind
from syncline.core.mail import CopyBody, MailBody, ReadMail
from syncline.core.objects import Bound
from syncline.services.conversations.access import conversation
from syncline.services.conversations.subscriptions import Marks, private_of, subscription_of
from syncline.services.mail import keys
from syncline.services.mail.forms import Added, Incoming, Status
from syncline.services.mail.joining import Joins, join, left_of, longest_first
from syncline.services.mail.marking import keep, marked, marks_of, own_labels
from syncline.services.people import address_key, know, knows, normal_address, person_by_email, person_of
from syncline.store.contract import Tx


async def look_up(tx: Tx, account: Id, incoming: Sequence[Incoming]) -> None:
    """Ask for all keys that taking these mails in needs, in a few statements rather than some ten a mail."""
    wanted: list[tuple[Space, bytes]] = []
    for one in incoming:
        mail = one.mail
        wanted.append((Space.RAW, keys.raw_key(account, mail.hash)))
        wanted.append((Space.MESSAGE_ID, keys.message_key(account, mail.message_id)))
        ids = dict.fromkeys((mail.message_id, *mail.refs))
        wanted += [(Space.REFERENCE, keys.message_key(account, id)) for id in ids]
        wanted += [(Space.EMAIL, address_key(sender.mail)) for sender in mail.senders[:1]]
    await tx.look_up(wanted)


async def add_mail(
    tx: Tx,
    account: Id,
    incoming: Incoming,
    joins: Joins,
    *,
    extra: dict[str, Any] | None = None,
) -> Added:
    """Take one mail in; raises Invalid for a label that cannot be. The commit waits for its raw bytes.

    A Message-ID that the account knows changes nothing but, if the bytes differ, keeps them as a copy.
    Raises LongJoin where this mail and those before it join threads that are too long for one work.
    """
    mail = incoming.mail
    hash = mail.hash
    same = await tx.key(Space.RAW, keys.raw_key(account, hash))
    if same is not None:
        return await _known(tx, account, same, Status.SAME)
    name = keys.message_key(account, mail.message_id)
    known = await tx.key(Space.MESSAGE_ID, name)
    if known is not None:
        added = await _known(tx, account, known, Status.COPY)
        await _keep_copy(tx, account, added, mail)
        return added
    labels = own_labels(incoming.labels)
    no = await tx.count(keys.mails(account))
    before = await tx.count(keys.bytes_of(account), mail.size) - mail.size
    conv = await _thread(tx, account, mail, joins)
    body = MailBody(
        no=no,
        message_id=mail.message_id,
        hash=hash.hex(),
        size=mail.size,
        before=before,
        subject=mail.subject,
        senders=mail.senders,
        to=mail.to,
        cc=mail.cc,
        bcc=mail.bcc,
        refs=mail.refs,
        snippet=mail.snippet,
        states=_states(mail, incoming.state),
        automatic=mail.automatic,
        kept_raw=mail.kept_raw,
        extra=extra or {},
    )
    entry = await tx.add(
        NewEntry(
            conv=conv,
            kind=EntryKind.MAIL,
            author=await _sender(tx, account, mail),
            body=msgspec.json.encode(body),
            at=tx.now if mail.date is None else mail.date,
            alerts="unread" in incoming.state,
        ),
        actor=account,
    )
    answer = b"%d" % no
    # `replace` here and above: what was just looked up, or numbered, is known to be free (10 µs each)
    await tx.bind(Space.MESSAGE_ID, name, account, answer=answer, replace=True)
    await tx.bind(Space.RAW, keys.raw_key(account, hash), account, answer=answer, replace=True)
    await tx.bind(Space.MAIL, keys.mail_key(account, no), entry.id, replace=True)
    tx.names(hash, entry.id)
    await _note(tx, account, entry, no, labels, incoming.state)
    return Added(Status.NEW, no, conv)


async def _known(tx: Tx, account: Id, bound: Bound, status: Status) -> Added:
    no = int(bound.answer or b"0")
    mail = await tx.key(Space.MAIL, keys.mail_key(account, no))
    entry = None if mail is None else await tx.entry(mail.object)
    return Added(status, no, ZoneId(account) if entry is None else entry.conv)


async def _keep_copy(tx: Tx, account: Id, added: Added, mail: ReadMail) -> None:
    bound = await tx.key(Space.MAIL, keys.mail_key(account, added.no))
    assert bound is not None
    copy = await tx.add(
        NewEntry(
            conv=added.conv,
            kind=EntryKind.AMENDMENT,
            author=None,
            body=msgspec.json.encode(CopyBody(mail.hash.hex(), mail.size)),
            target=bound.object,
            rel=Rel.COPY,
            silent=True,
            bumps=False,
        ),
        actor=account,
    )
    await tx.bind(Space.RAW, keys.raw_key(account, mail.hash), account, answer=b"%d" % added.no)
    tx.names(Hash(mail.hash), copy.id)


def _states(mail: ReadMail, state: Sequence[str]) -> tuple[str, ...]:
    """What the mail shows by itself, and the two states that only whoever adds it can know."""
    given = [name for name in ("draft", "sent") if name in state and name not in mail.states]
    return (*mail.states, *given)


async def _thread(tx: Tx, account: Id, mail: ReadMail, joins: Joins) -> ZoneId:
    """The thread of a mail by all ids that it names; several that it joins become one (design rule 3)."""
    found: dict[ZoneId, None] = {}
    fresh: list[bytes] = []
    for id in dict.fromkeys((mail.message_id, *reversed(mail.refs))):
        name = keys.message_key(account, id)
        bound = await tx.key(Space.REFERENCE, name)
        if bound is None:
            fresh.append(name)
        else:
            found[(await conversation(tx, ZoneId(bound.object))).id] = None
    if not found:
        conv = tx.open_zone(ZoneKind.CONVERSATION, owner=account)
        number = await tx.count(keys.threads(account))
        await tx.bind(Space.THREAD, keys.thread_key(account, number), conv, replace=True)
    else:
        conv, *others = await longest_first(tx, found)
        for other in others:
            joins.take(await left_of(tx, other, conv))
            await join(tx, account, other, conv)
    for name in fresh:
        await tx.bind(Space.REFERENCE, name, conv, replace=True)
    return conv


async def _sender(tx: Tx, account: Id, mail: ReadMail) -> Id | None:
    """The person who sent it, known to the account from now on unless the mail is a machine's."""
    sender = next((one for one in mail.senders if normal_address(one.mail)), None)
    if sender is None:
        return None
    known = await person_by_email(tx, sender.mail)
    if known is not None and await knows(tx, account, known):
        return known
    person = await person_of(tx, sender.mail, sender.name, actor=account)
    if not mail.automatic:
        await know(tx, account, person)
    return person


async def _note(
    tx: Tx, account: Id, entry: Entry, no: int, labels: tuple[str, ...], state: Sequence[str]
) -> None:
    known = await subscription_of(tx, account, entry.conv)
    private = private_of(known)
    zone = await tx.zone(entry.conv)
    assert zone is not None
    marks = marks_of(private)
    if private.marks is None:
        marks = Marks(await tx.counter(keys.threads(account)))
    labels = tuple(sorted({*private.labels, *labels}))
    marks = marked(marks, (no, no), state)
    read_nr: int = known.read_nr
    if not marks.unread:
        read_nr = zone.nr
    elif private.marks is None or not private.marks.unread:
        read_nr = zone.nr - 1  # this one is the first that is unread
    await keep(tx, known, zone, labels, marks, read_nr=read_nr)
