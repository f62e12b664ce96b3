"""The wrapper around the router: what it adds to every answer, and what it refuses before any handler."""

import asyncio
import json
import logging

import msgspec
import pytest
from starlette.requests import Request
from starlette.types import Receive, Scope, Send
from tests.server.running import get, hello, parsed, part, raw, running, wrapped

from syncline.core.errors import NotFound, TooMany
from syncline.gateways.http.answers import Answer, Refused
from syncline.server.application import Terms
from syncline.server.hosts import Hosts
from syncline.server.limiter import Limiter
from syncline.server.metrics import Metrics
from syncline.server.peers import Proxies


def error(body: bytes) -> dict[str, str]:
    """The error in an answer of Syncline's own shape."""
    found: dict[str, str] = json.loads(body)["error"]
    return found


async def test_every_answer_names_its_request() -> None:
    """X-Request-Id is on answers and refusals, in this letter case, and never twice the same."""
    async with running(wrapped(part("/changes", hello))) as here:
        answers = [parsed(await raw(here.port, get(path))) for path in ("/changes", "/changes", "/nothing")]
    ids = [headers["X-Request-Id"] for _, headers, _ in answers]
    assert len(set(ids)) == 3
    assert all(len(id) == 16 for id in ids)
    assert error(answers[2][2])["request_id"] == ids[2]


async def test_a_request_id_is_taken_over_from_trusted_proxies_only_and_only_if_sane() -> None:
    """A foreign id in our log and answer could be anything, a header of its own for example."""
    app = part("/changes", hello)
    async with running(wrapped(app)) as here:
        _, untrusted, _ = parsed(await raw(here.port, get("/changes", "X-Request-Id: from-outside")))
    async with running(wrapped(app, terms=Terms(proxies=Proxies(["127.0.0.1"])))) as here:
        _, trusted, _ = parsed(await raw(here.port, get("/changes", "X-Request-Id: from-proxy")))
        _, insane, _ = parsed(await raw(here.port, get("/changes", "X-Request-Id: a b;c" + "d" * 100)))
    assert untrusted["X-Request-Id"] != "from-outside"
    assert trusted["X-Request-Id"] == "from-proxy"
    assert len(insane["X-Request-Id"]) == 16


async def test_an_unknown_path_is_said_to_programs_in_json_and_to_people_on_a_page() -> None:
    """A browser says that it accepts HTML; a client's */* is no wish for a page."""
    async with running(wrapped(part("/changes", hello))) as here:
        program = parsed(await raw(here.port, get("/nothing", "Accept: */*")))
        person = parsed(await raw(here.port, get("/nothing", "Accept: text/html,*/*;q=0.8")))
    assert program[0] == person[0] == 404
    assert error(program[2])["code"] == "not_found"
    assert person[1]["Content-Type"] == "text/html; charset=utf-8"
    assert person[1]["Content-Security-Policy"].startswith("default-src 'none'")


async def test_an_unknown_path_below_a_protocol_is_refused_in_its_shape() -> None:
    """A Base client that asks for an unknown kind of record parses the answer like any other."""

    def shape(refused: Refused) -> Answer:
        return Answer(refused.status, (), b"base:" + refused.code.encode())

    async with running(wrapped(part("/v2/contacts", hello, owner="base", shape=shape))) as here:
        status, _, body = parsed(await raw(here.port, get("/v2/nothing")))
    assert (status, body) == (404, b"base:not_found")


async def test_a_known_path_with_a_wrong_method_says_which_it_takes() -> None:
    """405 with Allow, and HEAD wherever there is GET."""
    async with running(wrapped(part("/changes", hello))) as here:
        status, headers, _ = parsed(await raw(here.port, get("/changes", method="DELETE")))
        head = parsed(await raw(here.port, get("/changes", method="HEAD")))
    assert (status, headers["Allow"]) == (405, "GET, HEAD")
    assert (head[0], head[2]) == (200, b"")


async def test_a_doubled_first_slash_is_understood() -> None:
    """Base's Python, PHP and Java clients join a base URL with a slash at its end and the path."""
    parts = part("/v2/contacts/{id}", hello, owner="base"), part("/v2/contacts", hello, owner="base")
    async with running(wrapped(*parts)) as here:
        for path in ("//v2/contacts/1", "//v2/contacts", "///v2/contacts?page=1"):
            assert parsed(await raw(here.port, get(path)))[0] == 200
        assert parsed(await raw(here.port, get("//v2/nothing")))[0] == 404


async def test_parameters_are_decoded_one_by_one() -> None:
    """Matrix's ids hold encoded slashes, which must not make a longer path of them."""
    seen = {}

    async def note(scope: Scope, receive: Receive, send: Send) -> None:
        seen.update(scope["path_params"])
        await hello(scope, receive, send)

    async with running(wrapped(part("/_matrix/{room}/{file:path}", note, owner="matrix"))) as here:
        await raw(here.port, get("/_matrix/%21a%2Fb/c/d%2Fe"))
    assert seen == {"room": "!a/b", "file": "c/d/e"}


async def test_a_declared_body_over_the_limit_is_refused_before_it_is_read() -> None:
    """413, and the connection ends, because the rest is not worth reading."""
    app = wrapped(part("/changes", hello, methods=["POST"], max_body=10))
    async with running(app) as here:
        allowed = parsed(
            await raw(here.port, get("/changes", "Content-Length: 10", method="POST", body=b"x" * 10))
        )
        refused = parsed(await raw(here.port, get("/changes", "Content-Length: 11", method="POST")))
    assert allowed[0] == 200
    assert (refused[0], error(refused[2])["code"]) == (413, "too_large")
    assert refused[1]["Connection"] == "close"


async def test_a_body_of_unknown_length_is_refused_when_it_passes_the_limit() -> None:
    """Chunked bodies are counted as they come, not after they are all in memory."""
    chunk = b"8\r\n12345678\r\n"
    request = get("/changes", "Transfer-Encoding: chunked", method="POST", body=chunk * 1000)
    async with running(wrapped(part("/changes", hello, methods=["POST"], max_body=100))) as here:
        answer = parsed(await raw(here.port, request))
    assert (answer[0], error(answer[2])["code"]) == (413, "too_large")


async def test_a_fault_is_noted_with_the_request_id_and_told_without_any_detail(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A stack trace tells attackers where to look; the id tells the operator."""

    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("the secret inner detail")

    with caplog.at_level(logging.ERROR, "syncline.server"):
        async with running(wrapped(part("/changes", broken))) as here:
            status, headers, body = parsed(await raw(here.port, get("/changes")))
    assert status == 500
    assert error(body)["code"] == "internal"
    assert b"secret inner detail" not in body
    assert b"Traceback" not in body
    [record] = caplog.records
    assert headers["X-Request-Id"] in record.getMessage()
    assert record.exc_info is not None


async def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_fault(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Phones lose their network all day; that is nothing for the error log."""
    begun, over = asyncio.Event(), asyncio.Event()

    async def reading(scope: Scope, receive: Receive, send: Send) -> None:
        begun.set()
        try:
            await Request(scope, receive).body()
        finally:
            over.set()

    metrics = Metrics()
    async with running(wrapped(part("/changes", reading, methods=["POST"]), metrics=metrics)) as here:
        _, writer = await asyncio.open_connection("127.0.0.1", here.port)
        writer.write(get("/changes", "Content-Length: 100", method="POST", body=b"x"))
        await begun.wait()
        writer.close()
        await over.wait()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert 'status="none"} 1.0' in metrics.text().decode()


async def test_errors_of_the_domain_are_answers_in_the_protocols_shape() -> None:
    """A handler that raises NotFound needs no code of its own for it."""

    async def absent(scope: Scope, receive: Receive, send: Send) -> None:
        raise NotFound("There is no such change.", field="id")

    async with running(wrapped(part("/changes", absent))) as here:
        status, headers, body = parsed(await raw(here.port, get("/changes")))
    assert status == 404
    assert error(body) == {
        "code": "not_found",
        "message": "There is no such change.",
        "field": "id",
        "request_id": headers["X-Request-Id"],
    }


async def test_the_limiter_answers_in_the_protocols_shape_with_the_time_to_wait() -> None:
    """Each address has its bucket; here it is the one that a trusted proxy tells."""
    terms = Terms(proxies=Proxies(["127.0.0.1"]))
    app = wrapped(part("/changes", hello), terms=terms, limiter=Limiter(address_rate=0.5, address_burst=2))
    async with running(app) as here:
        one = [parsed(await raw(here.port, get("/changes", "X-Forwarded-For: 192.0.2.1"))) for _ in range(3)]
        other = parsed(await raw(here.port, get("/changes", "X-Forwarded-For: 192.0.2.2")))
    assert [status for status, _, _ in one] == [200, 200, 429]
    assert one[2][1]["Retry-After"] in ("1", "2")
    assert other[0] == 200


async def test_too_many_of_an_account_is_told_the_same_way() -> None:
    """The handler knows the account; the shape and Retry-After come from the wrapper."""

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        raise TooMany("Too many requests for your account.", retry_after=7.2)

    async with running(wrapped(part("/changes", limited))) as here:
        status, headers, _ = parsed(await raw(here.port, get("/changes")))
    assert (status, headers["Retry-After"]) == (429, "8")


async def test_requests_beyond_the_most_at_once_are_sent_away() -> None:
    """Parked polls count: memory is bounded by their number."""
    released = asyncio.Event()
    parked = asyncio.Semaphore(0)

    async def waiting(scope: Scope, receive: Receive, send: Send) -> None:
        parked.release()
        await released.wait()
        await hello(scope, receive, send)

    async with running(wrapped(part("/changes", waiting), terms=Terms(max_running=2))) as here:
        first = [asyncio.create_task(raw(here.port, get("/changes"))) for _ in range(2)]
        await parked.acquire()
        await parked.acquire()
        third = parsed(await raw(here.port, get("/changes")))
        released.set()
        assert [parsed(await each)[0] for each in first] == [200, 200]
    assert third[0] == 503


async def test_what_was_served_and_refused_is_counted() -> None:
    """/metrics tells routes by their template, so that ids make no new series."""
    metrics = Metrics()
    app = wrapped(part("/conversations/{id}", hello), metrics=metrics)
    async with running(app) as here:
        for path in ("/conversations/1", "/conversations/2", "/nothing"):
            await raw(here.port, get(path))
    text = metrics.text().decode()
    labels = 'owner="changes",route="/conversations/{id}",status="2xx"'
    assert f"syncline_http_requests_total{{{labels}}} 2.0" in text
    assert 'syncline_http_refused_total{reason="path"} 1.0' in text
    assert 'syncline_http_seconds_count{owner="changes"} 2.0' in text
    assert "syncline_http_running 0.0" in text


async def test_a_handler_knows_address_scheme_and_host_as_the_client_wrote_them() -> None:
    """Absolute links and limits need what stood before the proxy; only a trusted one is believed."""
    seen = []

    async def note(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((scope["address"], scope["scheme"], scope["host"]))
        await hello(scope, receive, send)

    forwarded = (
        "X-Forwarded-For: 203.0.113.9, 198.51.100.7",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: chat.example.org",
    )
    for terms in (
        Terms(),
        Terms(proxies=Proxies(["127.0.0.1"])),
        Terms(proxies=Proxies(["127.0.0.0/8", "198.51.100.7"])),
    ):
        async with running(wrapped(part("/changes", note), terms=terms)) as here:
            await raw(here.port, get("/changes", *forwarded))
    assert seen == [
        ("127.0.0.1", "http", "localhost"),
        ("198.51.100.7", "https", "chat.example.org"),
        ("203.0.113.9", "https", "chat.example.org"),
    ]


async def test_changes_need_our_origin_unless_the_protocol_takes_bearer_tokens_only() -> None:
    """The wrapper asks before the handler; a CORS-open route says so itself."""
    parts = (
        part("/changes", hello, methods=["POST"]),
        part("/_matrix/send", hello, owner="matrix", methods=["POST"], cross_origin=True),
    )
    evil = "Origin: https://evil.example"
    async with running(wrapped(*parts)) as here:
        statuses = [
            parsed(await raw(here.port, get(path, header, "Content-Length: 0", method="POST")))[0]
            for path, header in (
                ("/changes", evil),
                ("/changes", "Origin: http://localhost"),
                ("/changes", "X-No: origin"),
                ("/_matrix/send", evil),
            )
        ]
    assert statuses == [403, 200, 200, 200]


async def test_a_server_on_loopback_answers_to_its_own_names_only() -> None:
    """DNS rebinding: evil.example made to lead to 127.0.0.1 is same-origin for the browser, not for us."""
    hosts = Hosts("127.0.0.1", public_url="https://chat.example.org", name=None)
    async with running(wrapped(part("/changes", hello), terms=Terms(hosts=hosts))) as here:
        statuses = {}
        for host in (
            "localhost:8080",
            "127.0.0.1",
            "[::1]:80",
            "chat.example.org",
            "a.chat.example.org",
            "evil.example",
        ):
            request = f"GET /changes HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
            statuses[host] = parsed(await raw(here.port, request))[0]
    assert statuses.pop("evil.example") == 403
    assert set(statuses.values()) == {200}


def test_the_terms_are_the_same_for_all_requests() -> None:
    """The wrapper reads them once, so they cannot be changed under it."""
    with pytest.raises(AttributeError):
        Terms().max_body = 1  # type: ignore[misc]
    assert msgspec.structs.replace(Terms(), max_body=1).max_body == 1
