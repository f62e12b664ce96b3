"""Reading the server's certificate: the names that it is good for, and until when."""

import ssl
from pathlib import Path
from typing import Final, NamedTuple

from syncline.core.errors import Invalid
from syncline.server.sockets import tls_context

EXPIRED: Final = 10
"""OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED."""


class Certificate(NamedTuple):
    """`names` are those of the subject alternative name, `expires` seconds since 1970."""

    names: tuple[str, ...]
    expires: float

    def covers(self, host: str) -> bool:
        """Whether a client that asks for this host accepts it; `*.` stands for one label."""
        wanted = host.lower().strip("[]")
        return any(
            name.lower() == wanted or (name.startswith("*.") and wanted.partition(".")[2] == name[2:].lower())
            for name in self.names
        )


def read_certificate(certificate: Path, key: Path) -> Certificate:
    """Shake hands with ourselves in memory: the standard library parses a certificate only so.

    An expired one has no names and `expires` 0. Raises CannotListen (not readable), Invalid (not usable).
    """
    server = tls_context(certificate, key)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.load_verify_locations(certificate)
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # the leaf vouches for itself here
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = server.wrap_bio(to_server, to_client, server_side=True)
    theirs = client.wrap_bio(to_client, to_server)
    for _ in range(8):
        for side in (theirs, ours):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError as error:
                if error.verify_code == EXPIRED:
                    return Certificate((), 0)
                raise Invalid(f"The certificate cannot be used: {error.verify_message}.") from error
            except ssl.SSLError as error:
                raise Invalid(f"The certificate cannot be used: {error.reason}.") from error
    seen = theirs.getpeercert() or {}
    names = tuple(str(pair[1]) for pair in seen.get("subjectAltName", ()))
    return Certificate(names, ssl.cert_time_to_seconds(str(seen["notAfter"])))
