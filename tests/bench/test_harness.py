"""The harness measures what it says: every answer counted once, the cost of the right process."""

import datetime
from pathlib import Path

import pytest
from bench.harness import process, wire
from bench.harness.load import Load, run
from bench.harness.options import parse
from bench.harness.protocols import chosen
from bench.harness.rounds import interleaved, percentile
from bench.harness.table import Row, markdown, report
from bench.harness.waiters import WIDE_CURSOR, Plan, waiting


def test_an_answer_ends_where_its_content_length_says() -> None:
    """Half an answer must not count as one; neither may a header's name in another case hide its length."""
    whole = b"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\ncOnTenT-leNgth: 3\r\n\r\nabc"
    assert wire.answer_end(whole) == len(whole)
    assert wire.answer_end(whole + b"HTTP/1.1 200") == len(whole)
    assert [wire.answer_end(whole[:length]) for length in range(len(whole))] == [0] * len(whole)
    assert wire.answer_end(b"HTTP/1.1 204 No Content\r\n\r\n") == 27
    with pytest.raises(ValueError, match="without Content-Length"):
        wire.answer_end(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")


def test_the_floor_answers_with_as_many_ready_bytes_as_asked() -> None:
    """A ratio means something only beside the same bytes."""
    with process.floor() as floor:
        assert wire.ask(floor.port, "GET", "/bytes?2048") == wire.Asked(200, b"x" * 2048)
        assert wire.ask(floor.port, "POST", "/bytes?3", body={"text": "thrown away"}).body == b"xxx"
        assert wire.ask(floor.port, "GET", "/stream?100*7").body == b"x" * 700
        assert floor.rss() > 10_000_000
        assert floor.cpu() > 0.05


def test_the_load_counts_answers_and_the_servers_own_cpu() -> None:
    """More answers than the connections could give, or CPU beyond the window, would flatter a server."""
    with process.floor() as floor:
        text = wire.request("POST", "/bytes?50", token="t" * 64, body=f'{{"number":"{wire.SLOT}"}}')
        done = run(Load(floor.port, (text,), 4, 0.3, warm_up=0.05, server_pid=floor.pid))
        again = run(Load(floor.port, (text,), 1, 0.1, first_number=1 + done.numbers_used))
    assert 100 < done.answered <= done.numbers_used
    assert 0 < done.server_cpu <= done.seconds * 1.2
    assert 0 < done.p50_ms <= done.p99_ms < 300
    assert done.per_second == pytest.approx(done.answered / done.seconds)
    assert again.server_cpu == 0
    assert again.per_cpu_second == again.per_second


def test_a_load_that_is_refused_is_no_measurement() -> None:
    """A server is never faster than when it says no."""
    with process.floor() as floor, pytest.raises(RuntimeError, match="failed"):
        run(Load(floor.port, (wire.request("GET", "/bytes?notanumber"),), 1, 0.1, warm_up=0.0))


def test_one_post_wakes_every_waiting_client_once_a_round() -> None:
    """The last client's time is the row P4 claims: none may be left out."""
    with process.floor() as floor:
        poll = wire.request("GET", "/park?300")
        plan = Plan(floor.port, (poll,) * 20, "", wire.request("POST", "/wake?0", body="{}"), rounds=3)
        with waiting(plan) as clients:
            assert clients.parked.early == 0
            rounds = clients.wake()
    assert len(rounds) == 3
    assert all(0 < one.first_ms <= one.median_ms <= one.last_ms for one in rounds)


def test_a_place_in_a_body_keeps_its_length() -> None:
    """A waiting client fills it in after the head has said how long the body is."""
    body = f'{{"event_horizon":{WIDE_CURSOR},"wait":true}}'
    with process.floor() as floor:
        poll = wire.request("POST", "/park?30", cookie="token_id=1", body=body)
        post = wire.request("POST", "/wake?2", body="{}")
        with waiting(Plan(floor.port, (poll,) * 3, "12345", post, rounds=2)) as clients:
            assert len(clients.wake()) == 2


def test_the_floor_gets_the_very_request() -> None:
    """A lighter request would make the floor look cheaper than it is."""
    text = wire.request("POST", "/api/x?y=1", cookie="a=b", body='{"c": "d /api/x HTTP/1.1"}')
    other = wire.elsewhere(text, "/bytes?7")
    assert other == text.replace("/api/x?y=1", "/bytes?7", 1)
    with process.floor() as floor:
        assert wire.answered(floor.port, other) == b"x" * 7
        with pytest.raises(RuntimeError, match="refused"):
            wire.answered(floor.port, wire.elsewhere(text, "/bytes?seven"))


def test_one_protocol_can_be_chosen() -> None:
    """Measuring all of them takes long; a slip must not measure nothing."""
    assert [one.name for one in chosen(parse(None, []))] == ["changes", "fleep"]
    assert [one.name for one in chosen(parse(None, ["--protocol", "fleep"]))] == ["fleep"]
    with pytest.raises(SystemExit, match="changes, fleep"):
        chosen(parse(None, ["--protocol", "gopher"]))


def test_rounds_take_turns() -> None:
    """A noisy minute must hit both sides."""
    order: list[str] = []
    results = interleaved(2, {"a": lambda: order.append("a"), "b": lambda: order.append("b")})
    assert order == ["a", "b", "a", "b"]
    assert {name: len(runs) for name, runs in results.items()} == {"a": 2, "b": 2}
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([float(n) for n in range(100)], 0.99) == 99.0


def test_a_table_is_appended_with_versions_and_date(tmp_path: Path) -> None:
    """A figure without its versions is worth nothing a month later; earlier tables stay."""
    rows = [Row("P1", "a|b", "2", "1", "2.00", "≥ 1", True), Row("P2", "c", "1", met=False)]
    text = markdown("Title", rows, ["A note."], datetime.datetime(2030, 1, 2, 3, 4, tzinfo=datetime.UTC))
    assert "2030-01-02 03:04 UTC" in text
    assert "uvicorn " in text
    assert "| P1 | a\\|b | 2 | 1 | 2.00 | ≥ 1 | yes |" in text
    assert "| P2 | c | 1 |  |  |  | no |" in text
    assert text.rstrip().endswith("A note.")
    record = tmp_path / "record.md"
    record.write_text("before\n")
    report("Title", rows, (), record=record)
    assert record.read_text().startswith("before\n\n## Title")


def test_a_smoke_run_leaves_no_record() -> None:
    """Tests must not write figures into the documents."""
    assert parse(None, ["--smoke"]).record is None
    assert parse(None, ["--no-record"]).record is None
    assert parse(None, []).record is not None
