"""The keys of records as the reference lists them, written down a second time (sections 3.1 to 3.13).

`SHAPES` has the name of each shape, its record type, and what stands in every record of it; `MAY` what may
stand there besides. Nothing here is taken from the code, so that one side cannot change without the other.
"""

from typing import Final


def _keys(text: str) -> frozenset[str]:
    return frozenset(text.split())


FULL: Final = _keys(
    "admins autojoin_url begin_message_nr bw_message_nr can_post cmail conversation_id creator_id"
    " default_members export_files export_progress fw_message_nr guests has_done_notifications"
    " has_email_subject has_pinboard has_task_archive has_taskboard inbox_message_nr inbox_time is_automute"
    " is_full is_init is_list is_managed is_mark_unread is_muted is_premium is_tiny join_message_nr label_ids"
    " last_inbox_nr last_message_nr last_message_time leavers members mk_alert_level mk_conv_type"
    " mk_init_mode mk_rec_type organisation_id passive pending pin_cursor pin_sync_state profile_id"
    " read_inbox_nr read_message_nr send_message_nr show_message_nr snooze_interval snooze_time teams topic"
    " topic_message_nr unread_count"
)
STATE: Final = FULL - _keys(
    "autojoin_url begin_message_nr bw_message_nr cmail fw_message_nr is_full is_init is_tiny mk_init_mode"
    " pin_cursor pin_sync_state"
)
FLOW: Final = STATE - _keys(
    "admins can_post creator_id default_members guests has_email_subject is_managed is_premium leavers"
    " members mk_conv_type organisation_id topic topic_message_nr"
)
TINY: Final = FULL - _keys("pin_cursor pin_sync_state")
HEADER: Final = TINY - _keys("bw_message_nr fw_message_nr")

READ_ONCE: Final = _keys("is_mark_unread")
"""In the shapes above, but left out for an account that never read anything (3.1)."""

CONV_MAY: Final = _keys(
    "default_topic fw_message_nr bw_message_nr my_message_nr hide_message_nr delete_message_nr"
    " disclose_message_nr file_horizon pin_horizon task_horizon pin_cursor labels is_autojoin is_disclose"
    " is_url_preview_disabled is_deleted client_req_id is_mark_unread"
)

MESSAGE: Final = _keys(
    "account_id conversation_id inbox_nr lock_account_id message message_nr mk_message_state mk_message_type"
    " mk_rec_type posted_time prev_message_nr profile_id tags"
)
MESSAGE_MAY: Final = _keys(
    "flow_message_nr revision_message_nr edit_account_id edited_time ref_message_nr pin_weight task_weight"
    " pinned_account_id tasked_account_id assignee_ids section_id subject sender_name hook_key is_new_sheet"
    " on_behalf_id is_spam is_url_preview_disabled is_edited_by_others marked_text reactions notification_id"
    " mk_msg_sub_type mail_hdrs html_email_data is_edit"
)

SHAPES: Final[dict[str, tuple[str, frozenset[str]]]] = {
    "conv full": ("conv", FULL - READ_ONCE),
    "conv state": ("conv", STATE - READ_ONCE),
    "conv flow": ("conv", FLOW - READ_ONCE),
    "conv tiny": ("conv", TINY - READ_ONCE),
    "conv header": ("conv", HEADER - READ_ONCE),
    # with a topic, for a sample script of the vendor reads it from whatever conversation it is sent
    "conv gone": ("conv", _keys("mk_rec_type conversation_id profile_id is_deleted topic")),
    "message": ("message", MESSAGE),
    "label": (
        "label",
        _keys(
            "mk_rec_type label_id index mk_label_type mk_label_subtype mk_label_status is_on_left_pane"
            " is_in_recent is_in_muted"
        ),
    ),
    "lock": ("lock", _keys("mk_rec_type conversation_id message_nr")),
    "contact": (
        "contact",
        _keys(
            "mk_rec_type account_id email display_name mk_account_status dialog_id organisation_id"
            " is_hidden_for_add"
        ),
    ),
    "contact short": ("contact", _keys("mk_rec_type account_id display_name mk_account_status")),
    "file": (
        "file",
        _keys(
            "mk_rec_type conversation_id message_nr account_id attachment_id file_name file_url file_size"
            " file_type file_sha256 height width is_animated orientation is_deleted is_hidden deleter_id"
            " sender_name posted_time"
        ),
    ),
    "preview": (
        "preview",
        _keys("mk_rec_type conversation_id message_nr account_id attached_url is_deleted"),
    ),
    "activity": ("activity", _keys("mk_rec_type conversation_id account_id")),
    "hangout_activity": ("hangout_activity", _keys("mk_rec_type conversation_id hangout_id")),
    "hook": (
        "hook",
        _keys(
            "mk_rec_type conversation_id account_id hook_id hook_key hook_name is_active mk_hook_type"
            " avatar_urls"
        ),
    ),
    "request": ("request", _keys("mk_rec_type client_req_id")),
    "team": (
        "team",
        _keys(
            "mk_rec_type team_id team_name team_version_nr mk_sync_mode members admins pending is_deleted"
            " is_tiny is_managed is_autojoin is_org_wide organisation_id autojoin_url"
        ),
    ),
    "smtp": (
        "smtp",
        _keys(
            "mk_rec_type smtp_id smtp_address smtp_username smtp_host smtp_port smtp_connection"
            " mk_smtp_status smtp_status_description"
        ),
    ),
    "upload": ("upload", _keys("mk_rec_type conversation_id status")),
    "lastseen": ("lastseen", _keys("mk_rec_type account_id activity_time")),
    "poke": ("poke", _keys("mk_rec_type conversation_id account_id message_nr")),
}

MAY: Final[dict[str, frozenset[str]]] = {
    "conv": CONV_MAY,
    "message": MESSAGE_MAY,
    "label": _keys("label team_id sync_cursor sync_inbox_time sync_conversation_id"),
    "lock": _keys("lock_account_id"),
    "contact": _keys(
        "fleep_address activity_time sort_rank phone_nr avatar_urls contact_name full_name is_dialog_listed"
        " status_emoji status_message organisation_name is_org_admin is_in_org is_premium email dialog_id"
        " organisation_id is_hidden_for_add"
        # the own record only
        " activated_time alias_account_ids client_flags client_settings connected_email export_files"
        " export_progress fleep_autogen has_password is_automute_enabled is_full_privacy"
        " is_newsletter_disabled mk_email_interval sleep_interval storage_quota_bytes storage_used_bytes"
        " trial_end_time mk_push_new_message"
    ),
    "file": _keys("thumb_url_50 thumb_url_100 thumb_url_575 thumb_url_700"),
    "preview": _keys(
        "title description file_sha256 file_name file_url file_size file_type height width is_animated"
        " thumb_url_50 thumb_url_100 thumb_url_575 thumb_url_700 deleter_id"
    ),
    "activity": _keys("is_writing message_nr read_message_nr join_message_nr activity_time"),
    "hangout_activity": _keys("hangout_url participants account_id"),
    "hook": _keys("hook_url outgoing_url outgoing_disabled outgoing_disable_reason"),
    "request": _keys(
        "conversation_id result_message_nr mk_event_type status_code identifier error_id error_message"
    ),
    "team": _keys("conversations"),
    "smtp": frozenset(),
    "upload": _keys(
        "progress request_id upload_id file_type name size file_sha256 height width is_animated upload_url"
        " error"
    ),
    "lastseen": frozenset(),
    "poke": _keys("is_bg_poke"),
}

IDENTITY: Final[dict[str, tuple[str, ...]]] = {
    "conv": ("conversation_id",),
    "label": ("label_id",),
    "message": ("conversation_id", "message_nr"),
    "lock": ("conversation_id", "message_nr"),
    "contact": ("account_id",),
    "file": ("conversation_id", "message_nr"),
    "preview": ("conversation_id", "message_nr", "attached_url"),
    "activity": ("conversation_id", "account_id"),
    "hangout_activity": ("conversation_id", "hangout_id"),
    "hook": ("conversation_id", "hook_key"),
    "request": ("client_req_id",),
    "team": ("team_id",),
    "smtp": ("smtp_id",),
    "upload": ("conversation_id",),
    "lastseen": ("account_id",),
    "poke": ("conversation_id", "message_nr"),
}
"""The key fields by which clients merge, of each record type that may be sent (section 3)."""

NULLS: Final[dict[str, frozenset[str]]] = {
    "conv": _keys("organisation_id pin_cursor pin_sync_state pin_horizon file_horizon task_horizon"),
    "message": _keys("lock_account_id"),
    "contact": _keys("dialog_id organisation_id"),
    "file": _keys("height width is_animated orientation sender_name"),
    "preview": _keys("height width is_animated"),
    "hook": _keys("outgoing_disable_reason"),
    "team": _keys("organisation_id"),
}
"""The keys that may be null. Everything else is left out where there is nothing to say (1.1)."""


def check(record: dict[str, object]) -> None:
    """Raise AssertionError for a record that no strict client takes: type, key fields, keys, nulls."""
    kind = record.get("mk_rec_type")
    assert isinstance(kind, str), record
    assert kind in IDENTITY, f"no client knows records of type {kind}"
    for key in IDENTITY[kind]:
        assert record.get(key) is not None, f"a {kind} without {key}: {record}"
    shapes = [always for of, always in SHAPES.values() if of == kind]
    known = frozenset().union(*shapes) | MAY[kind]
    assert record.keys() <= known, f"{kind}: {sorted(record.keys() - known)}"
    for key, value in record.items():
        assert value is not None or key in NULLS.get(kind, ()), f"{kind}.{key} is null"
