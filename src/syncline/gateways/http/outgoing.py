"""The one client for requests of our own, made when it is first asked for."""

from typing import TYPE_CHECKING

from syncline.config.sections import Outgoing as Limits

if TYPE_CHECKING:
    from syncline.gateways.http.client import GuardedClient


class Outgoing:
    """Holds the guarded client; loading httpx and the authorities takes 0.2 s that no start should wait."""

    def __init__(self, limits: Limits) -> None:
        """Remember what the configuration allows."""
        self._limits = limits
        self._client: GuardedClient | None = None

    def client(self) -> "GuardedClient":
        """The client."""
        if self._client is None:
            from syncline.gateways.http.client import GuardedClient

            limits = self._limits
            self._client = GuardedClient(
                allow_private=limits.allow_private,
                max_bytes=limits.max_bytes,
                timeout=limits.timeout,
                connect_timeout=limits.connect_timeout,
            )
        return self._client

    async def close(self) -> None:
        """Close its connections, if it ever had any."""
        if self._client is not None:
            await self._client.close()
            self._client = None
