"""ConvInfo: a conversation as one account has it, in the five shapes of the reference (3.1)."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from syncline.core.ids import Id, ZoneId
from syncline.protocols.fleep.naming import Names
from syncline.services.labels import Label, Standing, label_names_and_ids
from syncline.services.overviews import Common, Overview
from syncline.services.people import Profile

MUTED: Final = -1
PASSIVE: Final = -3
"""`snooze_interval` of what is muted for ever, and of a passive member (Fleep reference 3.1)."""


class Init(StrEnum):
    """`mk_init_mode`: how much of a conversation is sent, so that a client drops what it had of it."""

    HEADER = "ic_header"
    TINY = "ic_tiny"
    FULL = "ic_full"


class Convs:
    """Encodes conversations for clients that reach the server at `base` (an address without a path)."""

    def __init__(self, names: Names, host: str, base: str) -> None:
        """`host` stands after the @ of addresses."""
        self._names = names
        self._host = host
        self._base = base

    def flow(self, of: Overview, labels: Mapping[str, Label], *, told: bool = False) -> dict[str, Any]:
        """What a message, a read mark or a label changes. `labels`: the account's own, by name.

        `told`: for a client that merges it with what it had, so what went away is said as empty.
        """
        names, common, private = self._names, of.common, of.private
        given = label_names_and_ids(standing(of), labels)
        time = common.zone.bumped_at // 1000
        record: dict[str, Any] = {
            "mk_rec_type": "conv",
            "conversation_id": names.conv(of.conv),
            "profile_id": names.person(of.account),
            "join_message_nr": private.joined_nr,
            "send_message_nr": private.member_nr,
            "read_message_nr": of.read_nr,
            "read_inbox_nr": of.read_alert,
            "show_message_nr": of.show_nr,
            "last_message_nr": of.last_nr,
            "last_inbox_nr": of.last_alert,
            "inbox_message_nr": of.inbox_nr,
            "unread_count": of.unread,
            "inbox_time": time,
            "last_message_time": time,
            "mk_alert_level": private.alerts,
            "is_muted": is_muted(of),
            "snooze_interval": _snooze(of),
            "snooze_time": max(0, private.muted_until // 1000),
            "label_ids": [names.system_label(of.account, number) for number in given.systems]
            + [names.label(label.id) for label in given.own if label.id is not None],
            "has_pinboard": common.pinned,
            "has_taskboard": common.tasks,
            "has_task_archive": common.task_archive,
            "has_done_notifications": not (common.options.done_off or False) and common.tasks,
            "is_automute": False,
            "is_list": bool(common.options.list),
            "passive": [names.person(of.account)] if private.alerts == "passive" else [],
            "pending": names.persons(common.invited),
            "teams": [],
            "export_progress": "1",
            "export_files": [],
        }
        if of.read_nr or private.marked_unread or told:  # never sent to who never read anything
            record["is_mark_unread"] = private.marked_unread
        if given.names or told:
            record["labels"] = list(given.names)
        for key, value in (
            ("hide_message_nr", private.hidden_nr),
            ("delete_message_nr", private.deleted_nr),
            ("my_message_nr", of.mention_nr),
        ):
            if value or told:
                record[key] = value
        for key, option in (
            ("is_autojoin", common.options.autojoin),
            ("is_disclose", common.options.disclose),
            ("is_url_preview_disabled", common.options.previews_off),
        ):
            if option is not None:
                record[key] = option
        return record

    def state(
        self,
        of: Overview,
        labels: Mapping[str, Label],
        profiles: Mapping[Id, Profile],
        *,
        told: bool = False,
    ) -> dict[str, Any]:
        """What a change of topic or members changes. `profiles`: of the members, for a default topic."""
        names, common = self._names, of.common
        record = self.flow(of, labels, told=told)
        record |= {
            "creator_id": names.person(of.account if common.creator is None else common.creator),
            "topic": common.name,
            "topic_message_nr": common.name_nr,
            "default_members": [] if common.name else names.persons(of.others),
            "members": names.many(common.members),
            "leavers": names.many(common.leavers),
            "guests": [],
            "admins": names.persons(common.admins),
            "can_post": of.present,
            "organisation_id": None,
            "is_managed": common.managed,
            "is_premium": False,
            "mk_conv_type": "cct_list" if common.options.list else "cct_default",
            "has_email_subject": common.mail,
        }
        if not common.name:
            record["default_topic"] = default_topic(of, profiles)
        elif told:
            record["default_topic"] = ""
        return record

    def init(
        self,
        mode: Init,
        of: Overview,
        labels: Mapping[str, Label],
        profiles: Mapping[Id, Profile],
        *,
        forward: int = 0,
        backward: int = 0,
    ) -> dict[str, Any]:
        """A conversation anew: the client drops what it had. `forward`, `backward`: what is sent with it."""
        record = self.state(of, labels, profiles)
        record |= {
            "mk_init_mode": mode.value,
            "is_init": True,
            "is_tiny": mode is Init.TINY,
            "is_full": True,
            "begin_message_nr": of.private.begin_nr,
            "autojoin_url": f"{self._base}/chat/{self._names.autojoin(of.conv)}",
            "cmail": f"{self._names.cmail(of.conv)}@{self._host}",
        }
        if mode is not Init.HEADER:
            record |= {"fw_message_nr": forward, "bw_message_nr": backward}
        if mode is Init.FULL:
            record |= {"pin_cursor": None, "pin_sync_state": None}
        return record

    def gone(self, account: Id, conv: ZoneId) -> dict[str, Any]:
        """A conversation that the client must drop."""
        return {
            "mk_rec_type": "conv",
            "conversation_id": self._names.conv(conv),
            "profile_id": self._names.person(account),
            "is_deleted": True,
            "topic": "",  # a sample script of the vendor's reads it in every record
        }


def is_muted(of: Overview) -> bool:
    """Whether nothing of a conversation alerts its account now; a timer ends what was muted for a while."""
    return of.private.alerts == "never" or of.private.muted_until != 0


def unhidden(of: Overview, first: int | None) -> bool:
    """Whether a hidden conversation is back by changes whose first nr is `first` (None: they have none).

    Then it is sent anew: who began with `skip_hidden` does not have it (Fleep reference 4.2).
    """
    hidden = of.private.hidden_nr
    return bool(hidden) and not of.hidden and first is not None and first <= hidden + 1


def standing(of: Overview, *, email: bool = False) -> Standing:
    """How a conversation stands with an account, for its labels. `email`: some member is only an address."""
    marks = of.private.marks
    return Standing(
        names=of.private.labels,
        starred=marks is not None and bool(marks.starred),
        unread=of.unread > 0,
        muted=is_muted(of),
        hidden=of.hidden,
        direct=of.one_to_one,
        email=email,
    )


def default_topic(of: Overview, profiles: Mapping[Id, Profile]) -> str:
    """What stands for a missing topic: the first names of the others (Fleep reference 3.1, default_topic)."""
    shown = dict(zip(of.common.members, of.common.shown_names, strict=True))
    full = [_name(shown.get(person, ""), profiles.get(person)) for person in of.others]
    if not full:
        return "Monologue with myself"
    if len(full) == 1:
        return full[0]
    first = [name.split()[0] if name.split() else name for name in full]
    return f"{', '.join(first[:-1])} and {first[-1]}"


def missing_names(common: Common) -> Sequence[Id]:
    """The members whose names do not stand in the conversation itself."""
    if common.name:
        return ()
    return [person for person, name in zip(common.members, common.shown_names, strict=True) if not name]


def _name(shown: str, profile: Profile | None) -> str:
    if shown:
        return shown
    return "" if profile is None else profile.name or profile.email or ""


def _snooze(of: Overview) -> int:
    if of.private.alerts == "passive":
        return PASSIVE
    if of.private.alerts == "never" or of.private.muted_until == MUTED:
        return MUTED
    return of.private.muted_for if of.private.muted_until else 0
