"""Connections of the guarded client: every name is resolved here, every address checked, and that one
connected to.

The check stands at the connection, below redirects and the pool, so there is no second resolution between
the check and the use (DNS rebinding), and no way around it. TLS still checks the certificate against the
name.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, Final, TypeAlias

import httpcore
import httpx

from syncline.core.errors import Forbidden, TooLarge, Unavailable
from syncline.gateways.http.addresses import is_allowed

Resolver: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""All addresses of a name, best first."""

PORTS: Final = frozenset({80, 443, 8080, 8443})
"""Ports that web servers have; others are where mail, databases and printers would take our request as
theirs."""


class Blocked(Forbidden):
    """The address is not one that this server may be made to ask."""

    code = "blocked_address"


class Unreachable(Unavailable):
    """The other server did not answer, or not in time."""

    code = "unreachable"


async def resolve(host: str, port: int) -> Sequence[str]:
    """All addresses of a name, as the system finds them."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"There is no address for {host}.") from error
    return [str(entry[4][0]) for entry in found]


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections to checked addresses only."""

    def __init__(
        self, resolver: Resolver, *, allow_private: bool, network: httpcore.AsyncNetworkBackend | None = None
    ) -> None:
        """Resolve names with `resolver`; `network` opens connections to addresses that passed."""
        self._resolver = resolver
        self._allow_private = allow_private
        self._inner = network or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a name; raises Blocked if any of its addresses is not allowed.

        One bad address condemns the name: an attacker's name has both a good one and the one that is meant.
        """
        addresses = list(dict.fromkeys(await self._resolver(host, port)))
        if not addresses:
            raise Unreachable(f"There is no address for {host}.")
        for address in addresses:
            if not is_allowed(address, allow_private=self._allow_private):
                raise Blocked(f"{host} leads to an address that must not be asked from here.")
        for address in addresses[:-1]:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._inner.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Never."""
        raise Blocked("Sockets of this machine must not be asked.")

    async def sleep(self, seconds: float) -> None:
        """Wait between retries."""
        await asyncio.sleep(seconds)


class GuardedTransport(httpx.AsyncBaseTransport):
    """httpx over a guarded connection pool; also checks scheme, port and user part of each hop."""

    def __init__(
        self,
        resolver: Resolver,
        *,
        allow_private: bool,
        ports: frozenset[int] = PORTS,
        connections: int = 50,
        max_bytes: int = 20 << 20,
        network: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        """Make a pool of at most `connections`; no answer, redirects included, may have more than
        `max_bytes`."""
        self._max_bytes = max_bytes
        self._allow_private = allow_private
        self._ports = ports
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=connections,
            max_keepalive_connections=10,
            keepalive_expiry=15.0,
            network_backend=GuardedBackend(resolver, allow_private=allow_private, network=network),
        )

    def check(self, url: httpx.URL) -> None:
        """Raise Blocked for an address that no web server has."""
        if url.scheme not in ("http", "https") or not url.host:
            raise Blocked("Only http and https addresses can be asked.")
        if url.userinfo:
            raise Blocked("An address must not hold a name or a password.")
        port = url.port or (443 if url.scheme == "https" else 80)
        if port not in self._ports and not self._allow_private:
            raise Blocked(f"Port {port} must not be asked from here.")

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request of a chain of redirects."""
        self.check(request.url)
        url = request.url
        sent = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        try:
            answer = await self._pool.handle_async_request(sent)
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            raise Unreachable(f"{url.host} did not answer ({type(error).__name__}).") from error
        encoding = _header(answer, b"content-encoding")
        if encoding not in (b"", b"identity"):
            # Not asked for, and 1 KB of it can be 1 GB: httpx would unpack even a redirect's body.
            await answer.aclose()
            raise Unreachable(f"{url.host} sent a compressed answer, which was not asked for.")
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Stream(answer, self._max_bytes),
            extensions=answer.extensions,
        )

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        """Close the pool."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()


def _header(answer: httpcore.Response, name: bytes) -> bytes:
    """All values of a header, joined; empty if there is none."""
    return b",".join(value.strip().lower() for key, value in answer.headers if key.lower() == name)


class _Stream(httpx.AsyncByteStream):
    """The bytes of an answer, as they come."""

    def __init__(self, answer: httpcore.Response, limit: int) -> None:
        self._answer = answer
        self._limit = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        try:
            async for part in self._answer.aiter_stream():
                read += len(part)
                if read > self._limit:
                    raise TooLarge(f"The answer has more than {self._limit} bytes.")
                yield part
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            raise Unreachable(f"The answer broke off ({type(error).__name__}).") from error

    async def aclose(self) -> None:
        await self._answer.aclose()
