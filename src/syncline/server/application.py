"""The one ASGI callable: limits, origin and host checks, numbers and the access log around the router.

It is one function on purpose: each further layer of middleware would cost every poll a coroutine and, while
it is parked, the memory of its frame.
"""

import logging
import os
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from syncline.core.errors import Forbidden, NotFound, SynclineError, TooLarge, Unavailable
from syncline.gateways.http.answers import (
    INTERNAL,
    METHOD_NOT_ALLOWED,
    Refused,
    Shape,
    refused,
    send_answer,
)
from syncline.gateways.http.origins import SAFE_METHODS, foreign
from syncline.gateways.http.routes import Part
from syncline.server.access_log import AccessLog, Line
from syncline.server.hosts import Hosts
from syncline.server.limiter import Limiter
from syncline.server.metrics import Metrics
from syncline.server.paths import owner_of
from syncline.server.peers import Proxies
from syncline.server.routing import Methods, Router, Target
from syncline.server.unknown import unknown

log: Final = logging.getLogger("syncline.server")

RUNNING: Final = 20_000
"""Requests at once, parked polls included: the 10,000 of the targets with room for their next ones."""


class Terms(msgspec.Struct, frozen=True):
    """What the server demands of a request."""

    max_body: int = 16 << 20
    """bytes, where a route does not say otherwise"""
    max_running: int = RUNNING
    proxies: Proxies = Proxies(())
    hosts: Hosts | None = None
    """None: any name will do"""
    own_origins: frozenset[str] = frozenset()


def edge(
    parts: Sequence[Part],
    services: Any,
    terms: Terms,
    *,
    limiter: Limiter,
    metrics: Metrics,
    access: AccessLog | None = None,
) -> ASGIApp:
    """Join the parts into one ASGI callable. `access` None: no access log."""
    router, shapes = plug(parts, services, terms, metrics)
    exact, match = router.exact, router.match
    proxies, hosts, own, max_running = terms.proxies, terms.hosts, terms.own_origins, terms.max_running
    proxied, host_checked = bool(proxies), hosts is not None and hosts.checked
    clock, limit, fresh_id = time.perf_counter, limiter.address, request_ids().__next__

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await _other(scope, receive, send)
            return
        started = clock()
        status = sent = 0
        target: Target | None = None
        beside: str | None = None  # the route of a path that has none for this method
        request_id = fresh_id()
        method, path = scope["method"], scope["path"]
        scope["header"] = headers = dict(scope["headers"])
        client = scope["client"]
        address = client[0] if client else ""
        host = headers.get(b"host")

        def answer(message: Message) -> Any:  # gives send's own coroutine: one frame less
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                return send(
                    {
                        "type": "http.response.start",
                        "status": status,
                        "headers": [*message.get("headers", ()), (b"X-Request-Id", request_id)],
                    }
                )
            sent += len(message.get("body", b""))
            return send(message)

        metrics.running += 1
        try:
            if proxied and proxies.trusts(address):
                seen = proxies.seen(headers, address, scope["scheme"], (host or b"").decode("latin-1"))
                address, scope["scheme"], scope["host"] = seen.address, seen.scheme, seen.host
                request_id = proxies.request_id(headers) or request_id
                host = seen.host.encode("latin-1") or None
            else:
                scope["host"] = host.decode("latin-1") if host else ""
            scope["address"] = address
            scope["request_id"] = request_id.decode()

            methods = exact.get(path)
            if methods is None:
                methods = _matched(scope, exact, match)
            target = methods.get(method) if methods is not None else None
            if target is None:
                if methods:  # keys in its path are none of the log's business either
                    beside = next(iter(methods.values())).path
                metrics.refused["path" if methods is None else "method"] += 1
                limit(address)
                await send_answer(answer, _unserved(scope, methods, shapes))
                return

            if metrics.running > max_running:
                metrics.refused["busy"] += 1
                raise Unavailable("The server is busy; try again in a moment.")
            limit(address)
            if host_checked and hosts is not None and not hosts.allows(host):
                metrics.refused["host"] += 1
                raise Forbidden("This server does not answer to that name (see server.public_url).")
            if method not in SAFE_METHODS:
                if not target.cross_origin and foreign(headers, own, scope["scheme"], scope["host"]):
                    metrics.refused["origin"] += 1
                    raise Forbidden("Pages of other sites may not do this.")
                receive = _bounded(headers, receive, target.max_body)
            await target.app(scope, receive, answer)
        except SynclineError as error:
            if type(error) is TooLarge:
                metrics.refused["body"] += 1
            if status:
                log.error("Request %s failed after its answer began: %s", scope["request_id"], error)
            else:
                await _refuse(scope, answer, _shape(target, path, shapes), error)
        except ClientDisconnect:
            pass  # the client left while its body was read: nobody is there to be answered
        except Exception:
            log.exception(
                "Request %s to %s failed.", scope["request_id"], target.path if target else "nothing"
            )
            if not status:
                words = Refused(
                    500, INTERNAL, "Something went wrong here; it was noted.", scope["request_id"]
                )
                await send_answer(answer, _shape(target, path, shapes)(words))
        finally:
            metrics.running -= 1
            took = clock() - started
            if target is not None:
                target.meter.count(status, took)
            if access is not None:
                access.add(
                    Line(
                        time.time(),
                        scope.get("request_id", ""),
                        method,
                        path,
                        target.path if target is not None else beside,
                        scope.get("path_params"),
                        scope["query_string"],
                        status,
                        sent,
                        took,
                        address,
                        scope.get("account"),
                        target.meter.owner if target is not None else owner_of(path),
                        headers.get(b"user-agent", b""),
                    )
                )

    return serve


def plug(
    parts: Sequence[Part], services: Any, terms: Terms, metrics: Metrics
) -> tuple[Router, dict[str, Shape]]:
    """Make the routes of all parts ready, and list each part's shape by its name."""
    router = Router()
    for part in parts:
        for route in part.routes:
            meter = metrics.meter(route.owner, route.path, waits=route.waits)
            target = Target(route, route.handler(services), part.shape, meter, terms.max_body)
            router.add(route.methods, target)
            if route.slash:
                router.add(route.methods, target, slash=True)
    return router, {part.name: part.shape for part in parts}


def request_ids() -> Iterator[bytes]:
    """Ids of 16 hex digits. Random, so that nobody can count other people's requests by them."""
    while True:
        drawn = os.urandom(4096).hex().encode()
        for at in range(0, len(drawn), 16):
            yield drawn[at : at + 16]


def _matched(scope: Scope, exact: dict[str, Methods], match: Any) -> Methods | None:
    """The targets of a path that is not exact; clients that double the first slash are understood.

    (Base's Python, PHP and Java clients join a base URL that ends in a slash with a path that begins with
    one.)
    """
    raw: str = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    if raw.startswith("//"):
        raw = "/" + raw.lstrip("/")
        known = exact.get("/" + scope["path"].lstrip("/"))
        if known is not None:
            return known
    found: tuple[Methods, dict[str, str]] | None = match(raw)
    if found is None:
        return None
    scope["path_params"] = found[1]
    return found[0]


def _bounded(headers: dict[bytes, bytes], receive: Receive, limit: int) -> Receive:
    """A `receive` that stops at the limit; a declared length is refused before a byte of it is read."""
    declared = headers.get(b"content-length")
    if declared is not None:
        if len(declared) > 18 or not declared.isdigit() or int(declared) > limit:
            raise TooLarge(f"A request may have at most {limit} bytes here.")
        return receive  # the HTTP server ends the body at the declared length
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise TooLarge(f"A request may have at most {limit} bytes here.")
        return message

    return counted


def _wants_page(headers: dict[bytes, bytes]) -> bool:
    """Whether the client is a browser that opens a page (API clients send */* or application/json)."""
    return b"text/html" in headers.get(b"accept", b"")


def _shape(target: Target | None, path: str, shapes: dict[str, Shape]) -> Shape:
    return target.shape if target is not None else shapes.get(owner_of(path), unknown)


async def _refuse(scope: Scope, answer: Any, shape: Shape, error: SynclineError) -> None:
    refusal = refused(error, scope["request_id"], html=_wants_page(scope["header"]))
    if refusal.status >= 500:
        log.warning("Request %s was refused: %s (%s)", refusal.request_id, error, error.code)
    told = shape(refusal)
    if isinstance(error, TooLarge):  # the rest of the body is not worth reading
        told = msgspec.structs.replace(told, headers=(*told.headers, (b"Connection", b"close")))
    await send_answer(answer, told)


def _unserved(scope: Scope, methods: Methods | None, shapes: dict[str, Shape]) -> Any:
    html = _wants_page(scope["header"])
    if methods is None:
        shape = shapes.get(owner_of(scope["path"]), unknown)
        return shape(refused(NotFound("There is nothing at this address."), scope["request_id"], html=html))
    allowed = ", ".join(sorted(methods))
    words = f"This address takes {allowed}, not {scope['method'][:20]}."
    shape = next(iter(methods.values())).shape
    told = shape(Refused(405, METHOD_NOT_ALLOWED, words, scope["request_id"], html=html))
    return msgspec.structs.replace(told, headers=(*told.headers, (b"Allow", allowed.encode())))


async def _other(scope: Scope, receive: Receive, send: Send) -> None:
    """What is not HTTP: the server's own start and stop, and WebSockets, which no protocol here has."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1000})
        return
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return
