"""The exact keys of every record type and shape, as data: for the encoders' tests, the docs and the ledger.

`always` stand in every record of the shape; `may` only where there is something to say (`(o)` in the
reference), never as null.
"""

from typing import Final, NamedTuple


class Keys(NamedTuple):
    """The keys of one shape of one record type."""

    record: str
    """`mk_rec_type`"""
    always: frozenset[str]
    may: frozenset[str] = frozenset()
    identity: tuple[str, ...] = ()
    """the key fields by which clients merge (reference 3)"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CONV_IDENTITY: Final = ("conversation_id",)

_CONV_MAY: Final = _words(
    "default_topic labels hide_message_nr delete_message_nr my_message_nr is_autojoin"
    " is_disclose is_url_preview_disabled is_mark_unread is_deleted client_req_id file_horizon pin_horizon"
    " task_horizon fw_message_nr bw_message_nr pin_cursor"
)

_FLOW: Final = _words(
    "conversation_id export_files export_progress has_done_notifications has_pinboard has_task_archive"
    " has_taskboard inbox_message_nr inbox_time is_automute is_list is_muted"
    " join_message_nr label_ids last_inbox_nr last_message_nr last_message_time mk_alert_level mk_rec_type"
    " passive pending profile_id read_inbox_nr read_message_nr send_message_nr show_message_nr"
    " snooze_interval snooze_time teams unread_count"
)
_STATE: Final = _FLOW | _words(
    "admins can_post creator_id default_members guests has_email_subject is_managed is_premium leavers"
    " members mk_conv_type organisation_id topic topic_message_nr"
)
_HEADER: Final = _STATE | _words("autojoin_url begin_message_nr cmail is_full is_init is_tiny mk_init_mode")
_TINY: Final = _HEADER | _words("bw_message_nr fw_message_nr")
_FULL: Final = _TINY | _words("pin_cursor pin_sync_state")

CONV_FLOW: Final = Keys("conv", _FLOW, _CONV_MAY, CONV_IDENTITY)
CONV_STATE: Final = Keys("conv", _STATE, _CONV_MAY, CONV_IDENTITY)
CONV_HEADER: Final = Keys("conv", _HEADER, _CONV_MAY, CONV_IDENTITY)
CONV_TINY: Final = Keys("conv", _TINY, _CONV_MAY, CONV_IDENTITY)
CONV_FULL: Final = Keys("conv", _FULL, _CONV_MAY, CONV_IDENTITY)
CONV_GONE: Final = Keys(
    "conv", _words("conversation_id is_deleted mk_rec_type profile_id topic"), frozenset(), CONV_IDENTITY
)

MESSAGE: Final = Keys(
    "message",
    _words(
        "account_id conversation_id inbox_nr lock_account_id message message_nr mk_message_state"
        " mk_message_type mk_rec_type posted_time prev_message_nr profile_id tags"
    ),
    _words(
        "assignee_ids edit_account_id edited_time flow_message_nr hook_key is_edit is_edited_by_others"
        " is_new_sheet is_url_preview_disabled pin_weight pinned_account_id reactions ref_message_nr"
        " revision_message_nr sender_name subject task_weight tasked_account_id"
    ),
    ("conversation_id", "message_nr"),
)

SHAPES: Final[dict[str, Keys]] = {
    "conv flow": CONV_FLOW,
    "conv state": CONV_STATE,
    "conv header": CONV_HEADER,
    "conv tiny": CONV_TINY,
    "conv full": CONV_FULL,
    "conv gone": CONV_GONE,
    "message": MESSAGE,
}
"""Every shape by its name in the docs. Each encoder's module has its own; `records/shapes.py` joins them."""
