"""What must be had before the server can listen: the port, enough open files, a certificate that can be
read."""

import errno
import resource
import socket
import ssl
from pathlib import Path
from typing import Final

from syncline.core.errors import Unavailable

BACKLOG: Final = 4096
"""Connections that may wait to be accepted: a thousand clients come back at once after a restart."""

FILES: Final = 1 << 20
"""Open files asked for at most, where the system sets no limit."""


class CannotListen(Unavailable):
    """The address or port cannot be had; the message says why and what to do."""

    code = "cannot_listen"


def bind(host: str, port: int) -> socket.socket:
    """A bound socket (port 0: a free port); raises CannotListen with one sentence."""
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise CannotListen(f"{host!r} is not an address of this machine.", field="server.host") from error
    family, type, protocol, _, address = found[0]
    try:
        bound = socket.socket(family, type, protocol)
    except OSError as error:
        raise CannotListen(
            f"This machine has no network of the kind of {host!r}.", field="server.host"
        ) from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(BACKLOG)  # listening shows a taken port at once: SO_REUSEADDR can hide it from bind
        bound.setblocking(False)
    except OSError as error:
        bound.close()
        raise CannotListen(_sentence(error, host, port), field="server.port") from error
    return bound


def _sentence(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken by another program; choose another with --port."
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights than this user has; choose one above 1023 with --port."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is not an address of this machine; choose another with --host."
    return f"Cannot listen on port {port} of {host}: {error.strerror}."


def raise_open_files() -> int:
    """Raise the limit of open files as far as this user may, and return it: each client needs one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(hard, FILES)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """The TLS side of the server; raises CannotListen with one sentence."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    for path, option in ((certificate, "tls_certificate"), (key, "tls_key")):
        if not path.is_file():
            raise CannotListen(f"server.{option}: there is no file {path}.", field=f"server.{option}")
    try:
        context.load_cert_chain(certificate, key, password=lambda: "")
    except (OSError, ssl.SSLError) as error:
        raise CannotListen(
            f"{certificate} and {key} are not a certificate (PEM) and its key: {error}.",
            field="server.tls_certificate",
        ) from error
    return context
