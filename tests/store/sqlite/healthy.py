"""A small store with something of everything that `verify` looks at, and nothing wrong with it."""

from pathlib import Path

import msgspec

from syncline.core.entries import NewEntry, NewFact
from syncline.core.ids import Hash, Id, Nr, Seq, ZoneId
from syncline.core.kinds import EntryKind, Kind, ReaderKind, Rel, Space, Why, ZoneKind
from syncline.core.objects import Object, Subscription
from syncline.core.readers import Mark, MarkException, Reader
from syncline.services.people.profiles import person_of
from syncline.store.contract import Tx
from syncline.store.sqlite import open_store


class Healthy(msgspec.Struct):
    """Where it lies, and the ids of what tests damage."""

    directory: Path
    ann: Id
    bo: Id
    conv: ZoneId
    old_conv: ZoneId
    site: ZoneId
    silent: Id
    message: Id
    edit: Id
    reply: Id
    setting: Id
    record: Id
    reader: Id
    small: Hash
    large: Hash
    mail: Id


async def make_healthy(directory: Path) -> Healthy:
    """Make the store and close it."""
    store = await open_store(directory)
    small = await store.blobs.put(b"a small blob")
    large = await store.blobs.put(b"a large blob" * 10_000)

    async def accounts(tx: Tx) -> tuple[Id, Id]:
        ann, bo = tx.new_id(), tx.new_id()
        for who in (ann, bo):
            tx.open_zone(ZoneKind.ACCOUNT, owner=who, id=ZoneId(who))
            await tx.put(_object(tx.new_id(), Kind.LABEL, who, b'{"name":"inbox"}'))
            await tx.bind(Space.EMAIL, b"%d@example.org" % who, who)
            tx.index(Space.ACCOUNT, b"", who)
        await person_of(tx, "correspondent@example.org", "No account")
        return ann, bo

    ann, bo = (await store.write(accounts)).value

    async def talk(tx: Tx) -> tuple[ZoneId, ZoneId, Id, Id, Id]:
        conv, old = (tx.open_zone(ZoneKind.CONVERSATION) for _ in range(2))
        for place in (conv, old):
            for who in (ann, bo):
                await tx.grant(who, place, first=None, why=Why.MEMBER, actor=ann)
            members = [_member(who, "join") for who in (ann, bo)]
            facts = [NewFact("m.room.name", "", b'{"name":"first"}'), *members]
            await tx.add(_entry(place, EntryKind.CREATE, ann), facts)
        silent = await tx.add(_entry(conv, EntryKind.STATE, ann, silent=True, bumps=False))
        message = await tx.add(_entry(conv, EntryKind.MESSAGE, ann, alerts=True))
        tx.names(small, message.id)
        tx.names(large, message.id)
        reply = await tx.add(_entry(conv, EntryKind.MESSAGE, bo, alerts=True, root=message.id))
        tx.index(Space.MENTION, b"%d" % ann, reply.id)
        await tx.bind(Space.REQUEST, b"r1", reply.id, answer=b"{}")
        return conv, old, silent.id, message.id, reply.id

    conv, old_conv, silent, message, reply = (await store.write(talk)).value

    async def amend(tx: Tx) -> Id:
        edit = await tx.add(_entry(conv, EntryKind.AMENDMENT, ann, target=message, rel=Rel.EDIT))
        await tx.form(message, b'{"text":"edited"}')
        await tx.add(_entry(conv, EntryKind.STATE, ann), [NewFact("m.room.name", "", b'{"name":"second"}')])
        await tx.add(_entry(old_conv, EntryKind.MEMBER, bo), [_member(bo, "leave")])
        await tx.end(bo, old_conv, actor=bo)
        await tx.merge(old_conv, conv, actor=ann)
        return edit.id

    edit = (await store.write(amend)).value

    async def objects(tx: Tx) -> tuple[ZoneId, Id, Id]:
        for nr in (1, 2):
            await tx.subscribe(Subscription(ann, conv, read_nr=Nr(nr), read_alert=1))
        setting, label, record = (tx.new_id() for _ in range(3))
        for body in (b'{"v":1}', b'{"v":2}', b'{"v":3}'):
            await tx.put(_object(setting, Kind.SETTING, ann, body))
        await tx.put(_object(label, Kind.LABEL, ann, b"{}"))
        await tx.drop(label)
        book, other = (tx.open_zone(ZoneKind.BOOK, owner=who) for who in (ann, bo))
        for body in (b'{"v":1}', b'{"v":2}'):
            await tx.put(_object(record, Kind.RECORD, book, body))
        await tx.share(record, ZoneId(bo))
        await tx.move(record, other)
        return tx.open_zone(ZoneKind.SITE, owner=ann), setting, record

    site, setting, record = (await store.write(objects)).value
    publication = None
    for turn in range(3):

        async def publish(tx: Tx, turn: int = turn, known: Id | None = publication) -> Id:
            nr = await tx.number(site)
            id = known or tx.new_id()
            await tx.put(_object(id, Kind.PUBLICATION, site, b'{"turn":%d}' % turn), nr=nr)
            return id

        publication = (await store.write(publish)).value

    async def readers(tx: Tx) -> Id:
        reader = tx.new_id()
        head = Seq(store.head)
        tx.save_reader(
            Reader(reader, ReaderKind.DEVICE, ann, "phone", cursor=head),
            marks=[Mark(reader, ZoneId(ann), Kind.SETTING, head, head)],
            exceptions=[MarkException(reader, setting, head, owed=True, had=False)],
        )
        tx.enqueue(reader, ann, b'{"to":"device"}')
        tx.at(1_900_000_000_000, b'{"do":"nothing"}')
        return reader

    reader = (await store.write(readers)).value

    async def mail(tx: Tx) -> Id:
        account, thread = ann.to_bytes(8, "big"), tx.open_zone(ZoneKind.CONVERSATION, owner=ann)
        letter = await tx.add(_entry(thread, EntryKind.MAIL, bo))
        await tx.bind(Space.MAIL, account + (1).to_bytes(8, "big"), letter.id)
        await tx.bind(Space.MESSAGE_ID, account + b"id", ann, answer=b"1")
        await tx.bind(Space.RAW, account + b"raw", ann, answer=b"1")
        await tx.bind(Space.REFERENCE, account + b"id", thread)
        await tx.bind(Space.THREAD, account + (1).to_bytes(8, "big"), thread)
        await tx.subscribe(Subscription(ann, thread))
        return letter.id

    letter = (await store.write(mail)).value
    await store.close()
    return Healthy(
        directory,
        ann,
        bo,
        conv,
        old_conv,
        site,
        silent,
        message,
        edit,
        reply,
        setting,
        record,
        reader,
        small,
        large,
        letter,
    )


def _entry(conv: ZoneId, kind: EntryKind, author: Id, **more: object) -> NewEntry:
    return NewEntry(conv=conv, kind=kind, author=author, body=b'{"text":"said"}', **more)  # type: ignore[arg-type]


def _member(who: Id, word: str) -> NewFact:
    return NewFact("m.room.member", str(who), b'{"membership":"%s"}' % word.encode())


def _object(id: Id, kind: Kind, zone: Id, body: bytes) -> Object:
    return Object(id=id, kind=kind, zone=ZoneId(zone), body=body)
