"""TeamInfo (reference 3.12). Teams come later; the shape is ready."""

from collections.abc import Sequence
from typing import Any, Final

from syncline.core.ids import Id
from syncline.protocols.fleep.naming import Names
from syncline.protocols.fleep.records.keys import Keys

TEAM: Final = Keys(
    "team",
    frozenset(
        [
            "admins",
            "autojoin_url",
            "is_autojoin",
            "is_deleted",
            "is_managed",
            "is_org_wide",
            "is_tiny",
            "members",
            "mk_rec_type",
            "mk_sync_mode",
            "organisation_id",
            "pending",
            "team_id",
            "team_name",
            "team_version_nr",
        ]
    ),
    frozenset(),
    ("team_id",),
)


def team(
    names: Names,
    *,
    team_id: str,
    name: str,
    version: int,
    autojoin_url: str,
    members: Sequence[Id],
    admins: Sequence[Id] = (),
    pending: Sequence[Id] = (),
    snapshot: bool = False,
    is_deleted: bool = False,
    is_managed: bool = False,
    is_autojoin: bool = False,
) -> dict[str, Any]:
    """A team. `version` goes up by one with each change; `snapshot`: it is not kept up to date any more.

    `is_deleted` is always there: the Python client reads it unguarded.
    """
    return {
        "mk_rec_type": "team",
        "team_id": team_id,
        "team_name": name,
        "team_version_nr": version,
        "mk_sync_mode": "tsm_snapshot" if snapshot else "tsm_full",
        "members": names.persons(list(members)),
        "admins": names.persons(list(admins)),
        "pending": names.persons(list(pending)),
        "is_deleted": is_deleted,
        "is_tiny": False,
        "is_managed": is_managed,
        "is_autojoin": is_autojoin,
        "is_org_wide": False,
        "organisation_id": None,
        "autojoin_url": autojoin_url,
    }
