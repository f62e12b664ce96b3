"""`verify` names each damage, and only it; and it finds nothing where there is nothing."""

import os
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from tests.store.sqlite.healthy import Healthy, make_healthy

from syncline.core.errors import NotFound
from syncline.core.kinds import Kind
from syncline.store.sqlite.verify import CHECKS, verify

Damage = Callable[[apsw.Connection, Healthy], None]


@pytest.fixture
async def healthy(tmp_path: Path) -> Healthy:
    """A store at rest with something of everything."""
    return await make_healthy(tmp_path / "data")


def found(made: Healthy) -> set[str]:
    """The checks that found something."""
    return {damage.check for damage in verify(made.directory)}


def store_of(made: Healthy) -> apsw.Connection:
    """A connection that may damage the store."""
    return apsw.Connection(str(made.directory / "store.db"))


def sql(statement: str, *values: str) -> Damage:
    """Damage by one statement; `values` are fields of Healthy."""

    def act(store: apsw.Connection, made: Healthy) -> None:
        store.execute(statement, tuple(getattr(made, value) for value in values))
        assert store.changes() > 0, "this test damages nothing"

    return act


def blobs_sql(statement: str, *values: str) -> Damage:
    """Damage of blobs.db by one statement."""

    def act(_store: apsw.Connection, made: Healthy) -> None:
        blobs = apsw.Connection(str(made.directory / "blobs.db"))
        sql(statement, *values)(blobs, made)
        blobs.close()

    return act


def break_store_index(store: apsw.Connection, made: Healthy) -> None:
    """An index that says less than its table: its condition is widened behind its back."""
    store.execute("PRAGMA writable_schema=ON")
    store.execute(
        """UPDATE sqlite_schema SET sql = replace(sql, 'alert_nr > 0', 'alert_nr >= 0')
           WHERE name = 'entry_alert'"""
    )
    assert store.changes() == 1


def break_blobs_index(_store: apsw.Connection, made: Healthy) -> None:
    """An index of blobs.db that misses its rows."""
    blobs = apsw.Connection(str(made.directory / "blobs.db"))
    blobs.execute("PRAGMA writable_schema=ON")
    blobs.execute("CREATE INDEX by_size ON blob(size) WHERE size < 0")
    blobs.execute(
        "UPDATE sqlite_schema SET sql = replace(sql, 'size < 0', 'size > 0') WHERE name = 'by_size'"
    )
    blobs.close()


def several(*statements: str) -> Damage:
    """Damage that takes several statements; fields of Healthy stand in braces."""

    def act(store: apsw.Connection, made: Healthy) -> None:
        fields = {name: getattr(made, name) for name in made.__struct_fields__}
        for statement in statements:
            store.execute(statement.format(**fields))
            assert store.changes() > 0, f"this damages nothing: {statement}"

    return act


def forget_blob_name(store: apsw.Connection, made: Healthy) -> None:
    """A blob that nothing names any more, and nobody collected for years."""
    sql("DELETE FROM blob_ref WHERE hash = ?", "small")(store, made)
    blobs_sql("UPDATE blob SET at = 1 WHERE hash = ?", "small")(store, made)


def unjson(store: apsw.Connection, made: Healthy) -> None:
    """A body that is no JSON."""
    store.execute("UPDATE object SET body = CAST('{' AS BLOB) WHERE id = ?", (made.setting,))


def remove_large_file(_store: apsw.Connection, made: Healthy) -> None:
    """The file of a large blob is deleted by hand."""
    name = made.large.hex()
    (made.directory / "blobs" / name[:2] / name).unlink()


def change_large_file(_store: apsw.Connection, made: Healthy) -> None:
    """One byte of a large blob's file turns over."""
    name = made.large.hex()
    file = made.directory / "blobs" / name[:2] / name
    data = bytearray(file.read_bytes())
    data[5000] ^= 1
    file.write_bytes(data)


def stray_large_file(_store: apsw.Connection, made: Healthy) -> None:
    """A file among the blobs that no row knows, old enough not to be in the making."""
    name = "ab" * 32
    file = made.directory / "blobs" / "ab" / name
    file.parent.mkdir()
    file.write_bytes(b"x")
    os.utime(file, (1, 1))


THIRD_ZONE = "999999"
ORPHAN = f"INSERT INTO blob_ref SELECT hash, {THIRD_ZONE} FROM blob_ref LIMIT 1"

DAMAGES: list[tuple[str, Damage]] = [
    # the log
    (
        "log_is_dense",
        sql(
            f"DELETE FROM change WHERE seq = (SELECT seq + 1 FROM change WHERE kind = {Kind.SETTING} LIMIT 1)"
        ),
    ),
    ("works_are_whole", sql("UPDATE change SET work = work + 1 WHERE seq = 2")),
    (
        "changes_lie_in_zones",
        sql(
            f"""UPDATE change SET zone = 999999
                WHERE seq = (SELECT min(seq) FROM change WHERE kind = {Kind.SUBSCRIPTION})"""
        ),
    ),
    ("numbers_have_meanings", sql("UPDATE entry SET kind = 77 WHERE id = ?", "reply")),
    ("ids_are_given_once", sql("UPDATE counter SET value = value - 1 WHERE name = 'id'")),
    # zones
    ("heads_are_newest_changes", sql("UPDATE zone SET head = head - 1 WHERE id = ?", "ann")),
    ("numbers_are_dense", sql("UPDATE zone SET nr = nr + 1 WHERE id = ?", "conv")),
    ("site_numbers_are_dense", sql("UPDATE zone SET nr = nr + 1 WHERE id = ?", "site")),
    ("alerts_are_dense", sql("UPDATE zone SET alert_nr = alert_nr + 1 WHERE id = ?", "conv")),
    ("bumps_are_entries", sql("UPDATE zone SET bumped = 1 WHERE id = ?", "conv")),
    ("members_are_counted", sql("UPDATE zone SET joined = joined + 1 WHERE id = ?", "conv")),
    ("merged_zones_lead_on", sql("UPDATE zone SET merged = 999999 WHERE id = ?", "old_conv")),
    ("merged_zones_lead_on", sql("UPDATE zone SET merged = id WHERE id = ?", "conv")),
    # entries
    ("added_entries_are_kept", sql("DELETE FROM entry WHERE id = ?", "silent")),
    ("amendments_have_targets", sql("UPDATE entry SET target = 999999 WHERE id = ?", "edit")),
    ("amendments_say_how", sql("UPDATE entry SET rel = NULL WHERE id = ?", "edit")),
    ("roots_are_entries", sql("UPDATE entry SET root = 999999 WHERE id = ?", "reply")),
    (
        "facts_follow_one_another",
        sql("UPDATE state SET until = until + 1 WHERE conv = ? AND until IS NOT NULL", "conv"),
    ),
    (
        "facts_have_entries",
        sql("UPDATE state SET entry = 999999 WHERE conv = ? AND until IS NOT NULL", "conv"),
    ),
    ("bodies_are_json", unjson),
    # objects
    (
        "objects_entered_before_they_changed",
        sql("UPDATE object SET entered = seq + 1 WHERE id = ?", "setting"),
    ),
    ("put_objects_are_kept", sql("DELETE FROM object WHERE kind = 12 AND zone = ?", "bo")),
    ("second_places_hold_objects", sql("UPDATE share SET kind = 101 WHERE object = ?", "record")),
    ("departures_are_kept", sql("DELETE FROM departure WHERE kind = 12")),
    (
        "versions_are_a_chain",
        sql("UPDATE version SET previous = 1 WHERE object = ? AND previous IS NOT NULL", "record"),
    ),
    ("subscriptions_are_in_the_log", sql("UPDATE subscription SET seq = 1 WHERE account = ?", "ann")),
    ("read_positions_exist", sql("UPDATE subscription SET read_alert = 99 WHERE account = ?", "ann")),
    # grants
    ("given_grants_are_kept", sql("DELETE FROM grants WHERE account = ? AND zone = ?", "bo", "conv")),
    ("grants_end_after_they_began", sql("UPDATE grants SET last = NULL WHERE ended IS NOT NULL")),
    ("grants_show_the_past_only", sql("UPDATE grants SET first = 999999 WHERE account = ?", "bo")),
    # keys, readers, queues, timers
    ("keys_lead_to_things", sql("UPDATE key SET object = 999999 WHERE space = 1 AND object = ?", "ann")),
    ("terms_lead_to_things", sql("UPDATE term SET object = 999999 WHERE object = ?", "reply")),
    ("cursors_are_in_the_log", sql("UPDATE reader SET cursor = cursor + 100 WHERE id = ?", "reader")),
    ("marks_are_in_the_log", sql("UPDATE mark SET upto = upto + 100 WHERE reader = ?", "reader")),
    ("marks_have_readers", sql("UPDATE mark_exception SET reader = 999999 WHERE reader = ?", "reader")),
    ("devices_belong_to_accounts", sql("UPDATE reader SET account = 999999 WHERE id = ?", "reader")),
    ("queues_are_in_the_log", sql("UPDATE queue SET seq = seq - 1 WHERE reader = ?", "reader")),
    ("timers_have_a_time", sql("UPDATE timer SET due = -5")),
    (
        "numbers_rise_with_the_log",
        several(
            "UPDATE entry SET nr = -nr WHERE id IN ({message}, {reply})",
            "UPDATE entry SET nr = 5 + nr WHERE nr < 0",
            "UPDATE change SET nr = 5 - nr WHERE object IN ({message}, {reply}) AND kind = 1",
        ),
    ),
    ("alerts_rise_with_the_log", several("UPDATE entry SET alert_nr = 3 - alert_nr WHERE alert_nr > 0")),
    ("entries_are_in_the_log", several("UPDATE change SET nr = NULL WHERE kind = 1 AND object = {reply}")),
    (
        "facts_have_one_present",
        several("UPDATE state SET until = NULL WHERE conv = {conv} AND until IS NOT NULL"),
    ),
    (
        "objects_are_in_the_log",
        several("UPDATE change SET act = 1 WHERE seq = (SELECT seq FROM object WHERE id = {setting})"),
    ),
    (
        "newest_versions_are_versions",
        several("DELETE FROM version WHERE seq = (SELECT seq FROM object WHERE id = {record})"),
    ),
    ("second_places_are_in_the_log", several("UPDATE share SET seq = seq + 1 WHERE object = {record}")),
    ("departures_are_in_the_log", several("INSERT INTO departure VALUES({ann}, 12, 1, 999999, 1, NULL)")),
    (
        "subscriptions_have_grants",
        several(
            """UPDATE subscription SET read_nr = 0, read_alert = 0,
               conv = (SELECT id FROM zone WHERE kind = 4 AND owner = {bo}) WHERE conv = {conv}""",
            "UPDATE change SET object = (SELECT id FROM zone WHERE kind = 4 AND owner = {bo})"
            f" WHERE object = {{conv}} AND kind = {Kind.SUBSCRIPTION}",
        ),
    ),
    ("givings_are_in_the_log", several("INSERT INTO grants VALUES({bo}, {site}, 1, NULL, 1, NULL, 2)")),
    ("endings_are_in_the_log", several("UPDATE grants SET ended = ended + 1 WHERE ended IS NOT NULL")),
    (
        "grants_lead_to_zones",
        several(
            "UPDATE grants SET zone = 999999 WHERE account = {ann} AND zone = {old_conv}",
            "UPDATE change SET object = 999999 WHERE zone = {ann} AND kind = 2 AND object = {old_conv}",
        ),
    ),
    # mails
    ("numbers_lead_to_mails", several("UPDATE key SET object = {message} WHERE object = {mail}")),
    ("ids_and_bytes_lead_to_numbers", several("UPDATE key SET answer = x'32' WHERE space = 20")),
    ("references_lead_to_threads", several("UPDATE key SET object = {conv} WHERE space = 18")),
    # files and blobs
    ("store_file_is_whole", break_store_index),
    ("blobs_file_is_whole", break_blobs_index),
    ("schema_is_current", sql("DELETE FROM meta WHERE name = 'secret'")),
    ("named_blobs_exist", blobs_sql("DELETE FROM blob WHERE hash = ?", "small")),
    ("named_blobs_exist", remove_large_file),
    (
        "blobs_are_what_they_were",
        blobs_sql("UPDATE blob SET body = CAST('another one' AS BLOB) WHERE hash = ?", "small"),
    ),
    ("blobs_are_what_they_were", change_large_file),
    ("blobs_are_named", forget_blob_name),
    ("blob_files_have_rows", stray_large_file),
    ("names_come_from_things", sql(ORPHAN)),
]


async def test_nothing_is_found_where_nothing_is_wrong(healthy: Healthy) -> None:
    """A check that cries without reason would soon be ignored."""
    assert list(verify(healthy.directory)) == []


@pytest.mark.parametrize(("check", "damage"), DAMAGES, ids=[check for check, _ in DAMAGES])
async def test_each_damage_is_named_and_only_it(healthy: Healthy, check: str, damage: Damage) -> None:
    """A store is damaged in one way; verify says that one, so that an operator knows where to look."""
    with store_of(healthy) as store:
        damage(store, healthy)
    store.close()
    assert found(healthy) == {check}


async def test_a_torn_file_is_damage_and_no_crash(healthy: Healthy) -> None:
    """A page in the middle of the file is lost: verify still comes to an end, and says so."""
    file = healthy.directory / "store.db"
    data = bytearray(file.read_bytes())
    data[8192 * 3 : 8192 * 20] = bytes(8192 * 17)
    file.write_bytes(data)
    assert "store_file_is_whole" in found(healthy)


async def test_a_store_that_is_not_there_is_said(tmp_path: Path) -> None:
    """No store is not a sound store: a wrong --data must not look like good news."""
    with pytest.raises(NotFound, match="--data"):
        list(verify(tmp_path))


def test_every_check_has_a_damage() -> None:
    """A check without a test that damages a store in its way may be one that cannot fail."""
    assert {check for check, _ in DAMAGES} == {check.__name__ for check in CHECKS}
