"""The small records: exactly the keys that clients know, nothing null that may be left out."""

from typing import Any

import pytest
from tests.protocols.fleep.keys_twice import check

from syncline.core.entries import Entry
from syncline.core.handles import Handles
from syncline.core.ids import Id, Nr, Seq, ZoneId
from syncline.core.kinds import EntryKind
from syncline.protocols.fleep.naming import Names
from syncline.protocols.fleep.records import (
    activity,
    file,
    hangout,
    hook,
    lock,
    poke,
    request,
    smtp,
    team,
    upload,
)
from syncline.protocols.fleep.records.keys import Keys
from syncline.services.hooks import Hook, Outward, Sending

NAMES = Names(Handles("secret"))
CONV, ANN, NR = ZoneId(Id(7000)), Id(7001), Nr(4)
HOOK = Hook(Id(7002), CONV, ANN, "build", "github", Outward.OFF, 5_000)


def entry(**more: Any) -> Entry:
    """Message 4 of the conversation."""
    return Entry(Id(7003), CONV, Seq(9), NR, EntryKind.MESSAGE, ANN, 5_000, b"{}", **more)


FILE: dict[str, Any] = {
    "attachment_id": "key",
    "name": "a.png",
    "url": "/file/x",
    "size": 5,
    "type": "image/png",
    "sha256": "00",
    "at": 5_999,
}
PICTURE = file.Picture(400, 300, orientation=6, thumbnails={50: "/thumb/50", 100: "/thumb/100"})
TEAM: dict[str, Any] = {
    "team_id": "t",
    "name": "Singers",
    "version": 1,
    "autojoin_url": "u",
    "members": [ANN],
}
SMTP: dict[str, Any] = {
    "smtp_id": "s",
    "address": "a@b.org",
    "username": "a",
    "host": "b.org",
    "port": 465,
    "connection": "ssl",
    "status": "smtp_added",
}
WRITING: dict[str, Any] = {"is_writing": True, "message_nr": 3, "read_message_nr": 2, "join_message_nr": 1}

SHORT: dict[str, tuple[Keys, dict[str, Any]]] = {
    "hook": (hook.HOOK, hook.hook(NAMES, HOOK)),
    "hook of the owner": (hook.HOOK_OWNER, hook.hook(NAMES, HOOK, base="b", sending=Sending())),
    "hook gone": (hook.HOOK_GONE, hook.hook_gone(NAMES, CONV, HOOK.id)),
    "lock": (lock.LOCK, lock.lock(NAMES, entry())),
    "activity": (activity.ACTIVITY, activity.activity(NAMES, CONV, ANN)),
    "hangout": (
        hangout.HANGOUT_ACTIVITY,
        hangout.hangout_activity(NAMES, CONV, ANN, url="u", participants=()),
    ),
    "request": (request.REQUEST, request.request(NAMES, entry(request="r", target=Id(7005)))),
    "request of an event": (request.REQUEST_EVENT, request.request_event("r", "e", {})),
    "team": (team.TEAM, team.team(NAMES, **TEAM)),
    "smtp": (smtp.SMTP, smtp.smtp(**SMTP)),
    "file": (file.FILE, file.file(NAMES, CONV, NR, ANN, **FILE)),
    "upload": (upload.UPLOAD, upload.upload(NAMES, CONV, "pending")),
    "poke": (poke.POKE, poke.poke(NAMES, CONV, ANN, -1)),
}
"""Each shape with nothing to say."""

LONG: dict[str, tuple[Keys, dict[str, Any]]] = {
    "lock": (lock.LOCK, lock.lock(NAMES, entry(form=b'{"lock":{"by":7001,"until":9}}'))),
    "activity": (activity.ACTIVITY, activity.activity(NAMES, CONV, ANN, **WRITING, at=9_999)),
    "request": (request.REQUEST, request.request(NAMES, entry(request="r", target=Id(7005)), entry())),
    "request of an event": (
        request.REQUEST_EVENT,
        request.request_event("r", "e", {"account_id": "x"}, status=431, error=("no", "No.")),
    ),
    "file": (
        file.FILE,
        file.file(
            NAMES,
            CONV,
            NR,
            ANN,
            **FILE,
            picture=file.Picture(1, 1, thumbnails=dict.fromkeys(file.THUMBNAILS, "u")),
        ),
    ),
    "upload": (
        upload.UPLOAD,
        upload.upload(
            NAMES,
            CONV,
            "failure",
            progress=0,
            request_id="r",
            upload_id="u",
            name="n",
            size=0,
            type="t",
            sha256="0",
            width=1,
            height=1,
            is_animated=False,
            url="u",
            error="e",
        ),
    ),
}
"""Each shape that has more to say, with all of it."""


@pytest.mark.parametrize("shape", SHORT)
def test_a_record_with_nothing_to_say_has_the_keys_that_always_stand(shape: str) -> None:
    """No more and no less, and as a strict client takes them."""
    keys, record = SHORT[shape]
    assert record.keys() == keys.always
    assert record["mk_rec_type"] == keys.record
    assert set(keys.identity) <= keys.always
    if shape != "hook gone":
        check(record)


@pytest.mark.parametrize("shape", LONG)
def test_a_record_with_all_to_say_has_the_others_too(shape: str) -> None:
    """False and 0 are said; only what is not known is left out."""
    keys, record = LONG[shape]
    assert record.keys() == keys.always | keys.may
    check(record)


def test_times_are_whole_seconds() -> None:
    """Ours are ms (Fleep reference 1.1)."""
    assert LONG["activity"][1]["activity_time"] == 9
    assert SHORT["file"][1]["posted_time"] == 5


def test_a_hook_tells_its_secrets_to_its_owner_alone() -> None:
    """Its address, and where it posts to; the key of the address is no other handle of it."""
    sending = Sending(url="https://elsewhere.example.org/s3cret", reason="It answered 500.")
    own = hook.hook(NAMES, HOOK, base="https://chat.example.org", sending=sending)
    secret = NAMES.hook_secret(HOOK.id)
    assert own["hook_url"] == f"https://chat.example.org/hook/{secret}"
    assert len(secret) == 22
    assert (own["outgoing_url"], own["outgoing_disabled"]) == (sending.url, True)
    assert own["outgoing_disable_reason"] == "It answered 500."
    others = hook.hook(NAMES, HOOK)
    assert not {secret, sending.url} & set(map(str, others.values()))
    assert own | others == own


def test_a_picture_says_its_size_and_only_the_thumbnails_that_there_are() -> None:
    """A 400×300 picture has two (Fleep reference 3.6)."""
    record = file.file(NAMES, CONV, NR, ANN, **FILE, picture=PICTURE, deleter=ANN)
    assert (record["width"], record["height"], record["orientation"], record["is_animated"]) == (
        400,
        300,
        6,
        False,
    )
    assert {key for key in record if key.startswith("thumb")} == {"thumb_url_50", "thumb_url_100"}
    assert (record["is_deleted"], record["deleter_id"]) == (True, NAMES.person(ANN))
    check(record)


def test_a_team_is_a_snapshot_or_kept_up_to_date() -> None:
    """mk_sync_mode, and the flags as given."""
    gone = team.team(NAMES, **TEAM, snapshot=True, is_deleted=True, admins=[ANN])
    assert (gone["mk_sync_mode"], gone["is_deleted"], gone["admins"]) == (
        "tsm_snapshot",
        True,
        [NAMES.person(ANN)],
    )
    assert SHORT["team"][1]["mk_sync_mode"] == "tsm_full"


def test_a_poke_comes_back_with_its_own_number() -> None:
    """Any number at all (Fleep reference 3.13)."""
    for number in (-1, 0, 1804289383):
        assert poke.poke(NAMES, CONV, ANN, number)["message_nr"] == number
