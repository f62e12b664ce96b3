"""The one client is made once, with the configured limits, and closed."""

import sys
from subprocess import run

from syncline.config.sections import Outgoing as Limits
from syncline.gateways.http.outgoing import Outgoing


async def test_the_client_is_made_once_and_closed() -> None:
    """Two users share its connections; closing without use is nothing."""
    outgoing = Outgoing(Limits())
    await outgoing.close()
    first = outgoing.client()
    assert outgoing.client() is first
    await outgoing.close()
    assert outgoing.client() is not first
    await outgoing.close()


def test_a_start_does_not_load_it() -> None:
    """Assembling the server must not pay for httpx (S3: the first answer within 0.8 s)."""
    code = "import sys, syncline.server.plugged; print('httpx' in sys.modules)"
    told = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
