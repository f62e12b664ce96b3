"""SMTPInfo: an address of one's own for sending (reference 3.12). The server has one relay for all."""

from typing import Any, Final

from syncline.protocols.fleep.records.keys import Keys

CONNECTIONS: Final = ("ssl", "starttls")
STATUSES: Final = ("smtp_added", "smtp_failed", "smtp_confirmed", "smtp_removed")

SMTP: Final = Keys(
    "smtp",
    frozenset(
        [
            "mk_rec_type",
            "mk_smtp_status",
            "smtp_address",
            "smtp_connection",
            "smtp_host",
            "smtp_id",
            "smtp_port",
            "smtp_status_description",
            "smtp_username",
        ]
    ),
    frozenset(),
    ("smtp_id",),
)


def smtp(
    *,
    smtp_id: str,
    address: str,
    username: str,
    host: str,
    port: int,
    connection: str,
    status: str,
    description: str = "",
) -> dict[str, Any]:
    """A way out for mail; `connection` is one of CONNECTIONS, `status` of STATUSES. Never the password."""
    return {
        "mk_rec_type": "smtp",
        "smtp_id": smtp_id,
        "smtp_address": address,
        "smtp_username": username,
        "smtp_host": host,
        "smtp_port": port,
        "smtp_connection": connection,
        "mk_smtp_status": status,
        "smtp_status_description": description,
    }
