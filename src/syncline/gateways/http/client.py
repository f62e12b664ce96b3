"""The one client for requests of our own to addresses that others gave us: hooks, previews, pictures.

It asks public addresses only, checked at each connection, and limits bytes, time, redirects, schemes and
ports.
"""

import asyncio
from collections.abc import Collection, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final

import httpcore
import httpx
import msgspec

from syncline.core.errors import Invalid, TooLarge
from syncline.gateways.http.transport import Blocked, GuardedTransport, Resolver, Unreachable, resolve

AGENT: Final = "Syncline"
REDIRECTS: Final = 5


class Fetched(msgspec.Struct, frozen=True):
    """An answer, complete. `type` is its media type in lower case without parameters, "" if it says none."""

    url: str
    status: int
    type: str
    headers: Mapping[str, str]
    body: bytes


class GuardedClient:
    """Fetches what somebody else named."""

    def __init__(
        self,
        *,
        allow_private: bool = False,
        max_bytes: int = 20 << 20,
        timeout: float = 30.0,
        connect_timeout: float = 5.0,
        resolver: Resolver = resolve,
        network: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        """Set the limits: bytes of a body, seconds for all of a request (redirects included) and for a
        connection."""
        self._max_bytes = max_bytes
        self._timeout = timeout
        self._transport = GuardedTransport(
            resolver, allow_private=allow_private, max_bytes=max_bytes, network=network
        )
        self._client = httpx.AsyncClient(
            transport=self._transport,
            follow_redirects=True,
            max_redirects=REDIRECTS,
            timeout=httpx.Timeout(timeout, connect=connect_timeout),
            trust_env=False,  # neither a proxy nor a .netrc of ours
            cookies=CookieJar(
                DefaultCookiePolicy(allowed_domains=[])
            ),  # one user's visit is nothing to the next
            headers={"User-Agent": AGENT, "Accept-Encoding": "identity"},
        )

    async def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        types: Collection[str] | None = None,
        max_bytes: int | None = None,
    ) -> Fetched:
        """Ask an address.

        `types` are the media types wanted; an answer of another has an empty body (it is not read).
        Raises Invalid (no address), Blocked, TooLarge, Unreachable. Any status is an answer.
        """
        limit = self._max_bytes if max_bytes is None else min(max_bytes, self._max_bytes)
        try:
            async with asyncio.timeout(self._timeout):
                return await self._fetch(url, method, headers, content, types, limit)
        except TimeoutError as error:
            raise Unreachable("The other server took too long.") from error
        except httpx.TooManyRedirects as error:
            raise Unreachable(f"The address leads through more than {REDIRECTS} others.") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise Invalid("That is not a web address.", field="url") from error
        except httpx.HTTPError as error:
            raise Unreachable(
                f"The other server's answer makes no sense ({type(error).__name__})."
            ) from error

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def _fetch(
        self,
        url: str,
        method: str,
        headers: Mapping[str, str] | None,
        content: bytes | None,
        types: Collection[str] | None,
        limit: int,
    ) -> Fetched:
        async with self._client.stream(method, url, headers=headers, content=content) as answer:
            type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
            wanted = types is None or type in types
            body = await self._read(answer, limit) if wanted else b""
            return Fetched(str(answer.url), answer.status_code, type, dict(answer.headers), body)

    @staticmethod
    async def _read(answer: httpx.Response, limit: int) -> bytes:
        declared = answer.headers.get("content-length", "0")
        if declared.isdigit() and int(declared) > limit:
            raise TooLarge(f"The answer has more than {limit} bytes.")
        body = bytearray()
        async for part in answer.aiter_raw():
            body += part
            if len(body) > limit:
                raise TooLarge(f"The answer has more than {limit} bytes.")
        return bytes(body)


__all__ = ["Blocked", "Fetched", "GuardedClient", "Unreachable"]
