"""Asking the server's own admin routes, in this process, for a sample workspace."""

import httpx
from starlette.types import ASGIApp

from syncline.cli.admin import Admin
from syncline.cli.inprocess import InProcess
from syncline.server.admin.shapes import Sample


async def make_sample(routes: ASGIApp) -> Sample:
    """A sample workspace if the store is empty; the ways to sign in to it in any case."""
    async with httpx.AsyncClient(transport=InProcess(routes), base_url="http://here") as client:
        return await Admin(client, here=True).post("/sample", Sample)
