"""The application also runs on granian: nothing in it needs our HTTP server."""

import socket
import subprocess
import sys
import time
import urllib.request

import pytest

granian = pytest.importorskip("granian", reason="granian is not installed")

PROGRAM = """
import sys
from granian import Granian
Granian("tests.server.on_granian:app", address="127.0.0.1", port=int(sys.argv[1]), interface="asgi").serve()
"""


def test_it_answers_on_granian() -> None:
    """Routes, refusals, request ids and the disconnect watch without our extension."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(port)], stderr=subprocess.PIPE)
    try:
        answer = _ask(f"http://127.0.0.1:{port}/changes/a%2Fb")
        assert answer.read() == b"hello"
        assert len(answer.headers["X-Request-Id"]) == 16
    finally:
        process.terminate()
        process.communicate(timeout=10)


def _ask(url: str) -> "urllib.request._UrlopenRet":
    """The answer, as soon as the server is up."""
    for _ in range(100):
        try:
            return urllib.request.urlopen(url, timeout=5)
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
            time.sleep(0.1)
    raise AssertionError("granian did not start")
