"""What comes back from a server: lines as they arrive, and its reasons for saying no."""

from collections.abc import AsyncGenerator
from typing import Any, TypeVar

import httpx
import msgspec

from syncline.cli.failures import Failure
from syncline.core.errors import SynclineError

T = TypeVar("T")


class Refused(SynclineError):
    """The owner refused a command; `code` is that of the error which it raised."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the owner's own words."""
        super().__init__(message)
        self.refusal = code


class Lost(Failure):
    """The other side ended in the middle, or has no time now: whoever follows comes back."""


def refusal(status: int, body: bytes, who: str = "The owner of the directory") -> Exception:
    """The exception that stands for an answer that is none."""
    try:
        error: dict[str, Any] = msgspec.json.decode(body, type=dict[str, Any])["error"]
        return Refused(error["code"], error["message"])
    except (msgspec.MsgspecError, KeyError, TypeError):
        return Failure(
            f"{who} answered {status} and no reason; its log says more "
            "(perhaps it is of another version: restart it)."
        )


async def lines(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    r"""The lines of an answer, without their ends, as they come. A line that was cut off is not one.

    httpx's own `aiter_lines` also breaks at U+2028, U+0085 and others, which people's texts hold unescaped.
    """
    begun: list[bytes] = []
    async for part in response.aiter_bytes():
        first, *more = part.split(b"\n")
        begun.append(first)
        for text in more:
            yield b"".join(begun)
            begun = [text]
