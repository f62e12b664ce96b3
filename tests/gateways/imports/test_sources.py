"""What an import finds in what it is given, and what it says of the rest."""

import bz2
import gzip
import io
import lzma
import os
import random
import tarfile
import threading
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.gateways.imports.mailboxes import mail, mbox, tar, zipped

from syncline.core.errors import Invalid, NotFound
from syncline.gateways.archives import bounds
from syncline.gateways.imports.found import Found, Place
from syncline.gateways.imports.sources import Sources, Trouble, Wanted

TWO = mbox(mail("one"), mail("two"))
PLAIN = [mail("one"), mail("two")]


def found(*paths: Path | str, wanted: Wanted = Wanted.ANY) -> tuple[list[Found], list[Trouble]]:
    """All mails of these paths, and all troubles."""
    troubles: list[Trouble] = []
    sources = Sources([str(path) for path in paths], wanted, trouble=troubles.append)
    return list(sources.mails()), troubles


def raws(*paths: Path | str, wanted: Wanted = Wanted.ANY) -> list[bytes]:
    """The mails of these paths, which give no trouble."""
    mails, troubles = found(*paths, wanted=wanted)
    assert troubles == []
    return [one.raw for one in mails]


@pytest.mark.parametrize(
    "data",
    [
        TWO,
        gzip.compress(TWO),
        bz2.compress(TWO),
        lzma.compress(TWO),
        gzip.compress(gzip.compress(TWO)),
        tar({"box": TWO}),
        tar({"a/box": mbox(mail("one")), "b/box": mbox(mail("two"))}, "w:gz"),
        tar({"box.gz": gzip.compress(TWO)}, "w:bz2"),
        tar({"a.eml": mail("one"), "b.eml": mail("two")}, "w:xz"),
        zipped({"box": TWO}),
        zipped({"a.eml": mail("one"), "c/b": mail("two"), "empty/": b""}),
        zipped({"box.tar.gz": tar({"box": TWO}, "w:gz")}),
        gzip.compress(zipped({"box.mbox.gz": gzip.compress(TWO)})),
    ],
    ids=str.split(
        "plain gz bz2 xz gzgz tar tar.gz gz-in-tar.bz2 eml-in-tar.xz zip eml-in-zip tgz-in-zip zip.gz"
    ),
)
def test_what_a_file_is_shows_in_its_bytes(data: bytes, tmp_path: Path) -> None:
    """Names lie: all of these are called `mails`."""
    (tmp_path / "mails").write_bytes(data)
    assert raws(tmp_path / "mails") == PLAIN


def test_standard_input_is_a_file_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that must be read to its end first, as a zip must."""
    for data in (TWO, gzip.compress(TWO), zipped({"box": TWO})):
        (tmp_path / "in").write_bytes(data)
        with (tmp_path / "in").open("rb") as file:
            monkeypatch.setattr("sys.stdin", file)
            assert raws("-") == PLAIN


def test_an_eml_file_is_one_mail(tmp_path: Path) -> None:
    """Byte for byte, also with an mbox line before it or one in its text."""
    odd = b"From ann@example.org Thu Jan  1 00:00:00 2026\n" + mail("one") + b"\n" + mbox(mail("two"))
    for name in ("a.eml", "b.EML"):
        (tmp_path / name).write_bytes(odd)
        assert raws(tmp_path / name) == [odd]
    (tmp_path / "c").write_bytes(mail("one"))
    (tmp_path / "d.eml").write_bytes(b"no mail at all")
    assert raws(tmp_path / "c", tmp_path / "d.eml") == [mail("one"), b"no mail at all"]


def test_import_eml_takes_any_file_as_one_mail(tmp_path: Path) -> None:
    """Also what looks like an mbox file, or like nothing."""
    (tmp_path / "a").write_bytes(TWO)
    (tmp_path / "b").write_bytes(b"no mail at all")
    assert raws(tmp_path / "a", tmp_path / "b", wanted=Wanted.MAILS) == [TWO, b"no mail at all"]


def maildir(top: Path) -> None:
    """A Maildir with folders in both layouts."""
    for file, raw in {
        "cur/2.a:2,S": mail("read"),
        "new/1.b": mail("new"),
        "tmp/0.c": mail("never delivered"),
        ".Lists.python/cur/3.d:2,FS": mail("starred"),
        "Old/cur/4.e:2,T": mail("deleted"),
        ".Sent/cur/5.f:2,S": mail("sent"),
        ".Drafts/cur/6.g:2,DS": gzip.compress(mail("draft")),
        "dovecot.index.log": b"\0\1\2",
    }.items():
        (top / file).parent.mkdir(parents=True, exist_ok=True)
        (top / file).write_bytes(raw)


IN_MAILDIR = {
    "new": Place((), ("unread",), True),
    "read": Place((), (), True),
    "starred": Place(("Lists/python",), ("starred",), False),
    "deleted": Place(("Old",), ("unread", "deleted"), False),
    "sent": Place((), ("sent",), False),
    "draft": Place((), ("draft",), False),
}


def subjects(mails: list[Found]) -> dict[str, Place]:
    """Where each mail lay, by its subject."""
    return {one.raw.partition(b"Subject: ")[2].partition(b"\n")[0].decode(): one.place for one in mails}


@pytest.mark.parametrize("wanted", [Wanted.ANY, Wanted.MAILDIR])
def test_a_maildir_tells_folders_and_flags(wanted: Wanted, tmp_path: Path) -> None:
    """Folder → label, Seen → not unread; a compressed mail (as Dovecot has them) is unpacked."""
    maildir(tmp_path / "Maildir")
    mails, troubles = found(tmp_path / "Maildir", wanted=wanted)
    assert troubles == []
    assert subjects(mails) == IN_MAILDIR
    assert [one.raw for one in mails][:2] == [mail("new"), mail("read")]


def test_a_maildir_in_an_archive_tells_the_same(tmp_path: Path) -> None:
    """Its path in the archive stands for the directories."""
    maildir(tmp_path / "Maildir")
    with tarfile.open(tmp_path / "m.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "Maildir", "home/ann/Maildir")
    mails, troubles = found(tmp_path / "m.tar.gz")
    assert subjects(mails) == IN_MAILDIR
    assert [(trouble.where.partition(" in ")[0], trouble.lost) for trouble in troubles] == [
        ("home/ann/Maildir/dovecot.index.log", False)
    ]


def test_directories_of_mails_are_labels(tmp_path: Path) -> None:
    """On the disk below the one that was given, in an archive all of them."""
    for name in ("top.eml", "work/a.eml", "work/2020/b.eml", "(odd)/c.eml", "work/.hidden"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(mail(name))
    mails, _ = found(tmp_path / "in")
    assert {name: place.labels for name, place in subjects(mails).items()} == {
        "top.eml": (),
        "work/a.eml": ("work",),
        "work/2020/b.eml": ("work/2020",),
        "(odd)/c.eml": ("_odd_",),
    }
    assert all(one.place.inbox and one.place.state is None for one in mails)
    (tmp_path / "a.zip").write_bytes(zipped({"easy/a.eml": mail("x"), "__MACOSX/easy/._a.eml": b"\0"}))
    assert [one.place.labels for one in found(tmp_path / "a.zip")[0]] == [("easy",)]


def test_a_name_in_an_archive_leads_nowhere(tmp_path: Path) -> None:
    """Nothing is written under it, nothing is opened by it: links and paths upwards are names like others."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name in ("../../evil.eml", "/etc/evil.eml"):
            entry = tarfile.TarInfo(name)
            entry.size = len(mail(name))
            archive.addfile(entry, io.BytesIO(mail(name)))
        link = tarfile.TarInfo("passwd.eml")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        pipe = tarfile.TarInfo("pipe.eml")
        pipe.type = tarfile.FIFOTYPE
        archive.addfile(pipe)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.tar").write_bytes(file.getvalue())
    before = sorted(tmp_path.rglob("*"))
    mails, troubles = found(tmp_path / "in" / "a.tar")
    assert [one.raw for one in mails] == [mail("../../evil.eml"), mail("/etc/evil.eml")]
    assert troubles == []
    assert sorted(tmp_path.rglob("*")) == before


def test_broken_members_are_said_and_the_others_come(tmp_path: Path) -> None:
    """Encrypted, damaged, torn inside: each is named, none stops what follows."""
    data = bytearray(zipped({"a.eml": mail("first"), "b.eml": mail("damaged") * 50, "c.eml": mail("last")}))
    at = bytes(data).index(b"b.eml") + len("b.eml") + 10
    data[at : at + 8] = bytes(8)
    first = zipfile.ZipFile(io.BytesIO(bytes(data)))
    encrypted = bytearray(zipped({"secret.eml": mail("secret"), "open.eml": mail("open")}))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        encrypted[encrypted.index(mark) + flags] |= 1
    assert len(first.infolist()) == 3
    torn = gzip.compress(TWO * 1000)[:-40]
    (tmp_path / "damaged.zip").write_bytes(data)
    (tmp_path / "secret.zip").write_bytes(encrypted)
    (tmp_path / "torn.tar").write_bytes(tar({"box.gz": torn, "after.eml": mail("after")}))
    mails, troubles = found(*sorted(tmp_path.iterdir()))
    subjects = Counter(one.raw.partition(b"Subject: ")[2].partition(b"\n")[0] for one in mails)
    assert {b"first", b"last", b"open", b"one", b"after"} <= set(subjects)
    assert b"secret" not in subjects
    assert all(trouble.lost for trouble in troubles)
    assert [trouble.where.partition(" in ")[0] for trouble in troubles] == ["b.eml", "secret.eml", "box.gz"]
    assert "encrypted" in troubles[1].why


def test_a_torn_file_gives_what_came_before(tmp_path: Path) -> None:
    """The mail that it ends in is left out: half of it would stand in the way of the whole one."""
    many = mbox(*(mail(f"n{turn}") for turn in range(2000)))
    whole = gzip.compress(many)
    (tmp_path / "torn.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "after").write_bytes(TWO)
    mails, troubles = found(tmp_path / "torn.gz", tmp_path / "after")
    assert 500 < len(mails) < 2000
    assert [one.raw for one in mails[:-2]] == [mail(f"n{turn}") for turn in range(len(mails) - 2)]
    assert [one.raw for one in mails[-2:]] == PLAIN
    assert len(troubles) == 1
    assert "ends in the middle" in troubles[0].why


def test_a_bomb_ends_its_file_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All levels of nesting count together."""
    monkeypatch.setattr(bounds.Bounds.__init__, "__kwdefaults__", {"free": 1_000_000, "ratio": 20})
    bomb = gzip.compress(gzip.compress(TWO + bytes(40_000_000)))
    (tmp_path / "bomb.gz").write_bytes(bomb)
    (tmp_path / "bomb.zip").write_bytes(zipped({"a.eml": bytes(30_000_000)}))
    (tmp_path / "good").write_bytes(TWO)
    mails, troubles = found(tmp_path / "bomb.gz", tmp_path / "bomb.zip", tmp_path / "good")
    assert [one.raw for one in mails[-2:]] == PLAIN
    assert ["unpacks to more than 20 times" in trouble.why for trouble in troubles] == [True, True]


def test_archives_without_end_have_one(tmp_path: Path) -> None:
    """An archive that holds itself, in effect."""
    data = TWO
    for _ in range(6):
        data = gzip.compress(data)
    (tmp_path / "deep").write_bytes(data)
    mails, troubles = found(tmp_path / "deep")
    assert mails == []
    assert "nested" in troubles[0].why


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"%PDF-1.7 nothing here\n", "syncline import eml"),
        (b"just text\nin two lines\n", "syncline import eml"),
        (b"!BDN" + bytes(100), "readpst"),
        (b"\x28\xb5\x2f\xfd" + bytes(20), "zstd -d"),
        (b"Rar!\x1a\x07\0", "unrar"),
        (b"\x1f\x9d\x90abc", "uncompress"),
        (lzma.compress(TWO, format=lzma.FORMAT_ALONE), "unlzma"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_the_next_step(data: bytes, says: str, tmp_path: Path) -> None:
    """Before anything is read; the other files given are not touched either."""
    (tmp_path / "file").write_bytes(data)
    with pytest.raises(Invalid, match=says):
        found(tmp_path / "file")


def test_what_is_no_maildir_is_refused(tmp_path: Path) -> None:
    """With the command that takes it."""
    (tmp_path / "file").write_bytes(TWO)
    with pytest.raises(Invalid, match="syncline import mbox"):
        found(tmp_path / "file", wanted=Wanted.MAILDIR)
    with pytest.raises(Invalid, match="syncline import mbox"):
        found(tmp_path, wanted=Wanted.MAILDIR)
    with pytest.raises(Invalid, match="standard input"):
        found("-", wanted=Wanted.MAILDIR)
    with pytest.raises(NotFound, match="no nothing"):
        found(tmp_path / "file", "nothing")


def test_sizes_add_up(tmp_path: Path) -> None:
    """A progress bar ends at its end."""
    maildir(tmp_path / "Maildir")
    (tmp_path / "box.gz").write_bytes(gzip.compress(TWO))
    took: list[int] = []
    sources = Sources([str(tmp_path / "box.gz")], trouble=lambda _: None, took=took.append)
    list(sources.mails())
    assert sources.size() == sum(took) == os.path.getsize(tmp_path / "box.gz")  # noqa: PTH202
    assert Sources(["-"], trouble=lambda _: None).size() is None
    assert (Sources([str(tmp_path)], trouble=lambda _: None).size() or 0) > 500


def test_a_real_archive_of_folders(corpora: Path) -> None:
    """6,046 mails in five folders, most with an mbox line at the top: none is lost, each has its label."""
    mails, troubles = found(corpora / "spamassassin.tar.xz")
    assert troubles == []
    assert Counter(one.place.labels for one in mails) == {
        ("easy-ham-1",): 2500,
        ("easy-ham-2",): 1400,
        ("hard-ham-1",): 250,
        ("spam-1",): 500,
        ("spam-2",): 1396,
    }


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_a_small_torn_file_gives_its_whole_mails(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """The damage may lie within what is looked at to see what a file is; it was taken for all of it then."""
    noise = random.Random(3)
    many = mbox(*(mail(f"n{turn}", f"X-Noise: {noise.randbytes(400).hex()}\n") for turn in range(40)))
    (tmp_path / "torn").write_bytes(pack(many)[:-2000])
    mails, troubles = found(tmp_path / "torn")
    assert len(mails) > 10
    assert ["ends in the middle" in trouble.why for trouble in troubles] == [True]


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf" + TWO, TWO.replace(b"\n", b"\r")], ids=["BOM", "CR"])
def test_what_editors_and_old_programs_did_to_a_file(data: bytes, tmp_path: Path) -> None:
    """A mark before the text, and lines that end in CR alone (Eudora on a Macintosh)."""
    (tmp_path / "box").write_bytes(data)
    assert raws(tmp_path / "box") == PLAIN


def test_folders_named_new_and_tmp_need_not_be_a_maildirs(tmp_path: Path) -> None:
    """Files beside them are taken, and a file named .mbox in them is not one mail."""
    top = tmp_path / "top"
    (top / "new").mkdir(parents=True)
    (top / "new" / "a.mbox").write_bytes(TWO)
    (top / "beside").write_bytes(mbox(mail("three")))
    (top / "dovecot-uidlist").write_bytes(b"3 V1700000000 N2\n")
    assert raws(top) == [*PLAIN, mail("three")]
    (tmp_path / "a.tar").write_bytes(tar({"new/a.mbox": TWO, "tmp/a/box": mbox(mail("three"))}))
    assert raws(tmp_path / "a.tar") == [*PLAIN, mail("three")]


def test_what_is_no_file_ends_nothing(tmp_path: Path) -> None:
    """A pipe would be waited for, a link to itself fails: the mails beside them come."""
    os.mkfifo(tmp_path / "a-pipe")
    (tmp_path / "b-loop").symlink_to("b-loop")
    (tmp_path / "c-nowhere").symlink_to("nothing")
    (tmp_path / "d").write_bytes(TWO)
    mails, troubles = found(tmp_path)
    assert [one.raw for one in mails] == PLAIN
    assert len(troubles) == 3
    assert not any(trouble.lost for trouble in troubles)


def test_a_pipe_that_is_given_is_read_to_its_end(tmp_path: Path) -> None:
    """As `import mbox <(zstd -dc old.mbox.zst)` does: a look at its beginning would be all that it gives."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(TWO,))
    writer.start()
    assert raws(pipe) == PLAIN
    writer.join()
    assert Sources([str(pipe)], trouble=lambda _: None).size() is None


def test_archives_made_to_harm_end_themselves_only(tmp_path: Path) -> None:
    """A name of a gigabyte, heads within heads, a member without a name, and holes larger than any disk."""
    name = tarfile.TarInfo("././@LongLink")
    name.type, name.size = tarfile.GNUTYPE_LONGNAME, 900_000_000
    head = tarfile.TarInfo("x")
    head.type = tarfile.XHDTYPE
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr("a.eml", mail("named"))
        archive.writestr("nameless", mail("nameless"))
        archive.filelist[-1].filename = ""
    first = tar({"a.eml": mail("first")})[:1024]
    (tmp_path / "a.tar").write_bytes(first + name.tobuf(tarfile.GNU_FORMAT) + bytes(5000))
    (tmp_path / "b.tar").write_bytes(first + head.tobuf(tarfile.USTAR_FORMAT) * 3000)
    (tmp_path / "c.tar").write_bytes(tar({"box": TWO})[:700])
    mails, troubles = found(*sorted(tmp_path.iterdir()))
    subjects = [one.raw.partition(b"Subject: ")[2].partition(b"\n")[0] for one in mails]
    assert subjects[:2] == [b"first", b"first"]
    assert subjects[-1] == b"named"
    assert {trouble.where.rpartition("/")[2] for trouble in troubles} == {"a.tar", "b.tar", "c.tar", "d.zip"}
