"""The calls of Fleep's API and what they take, as seed and reference list them (2.1 to 2.15)."""

from typing import Final

SYNC: Final = ("from_message_nr",)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


CALLS: Final[dict[str, tuple[str, ...]]] = {
    # 2.1 data sync: the five of the seed first
    "account/listen": _words("event_horizon wait download_url"),
    "account/poll": _words("event_horizon wait poll_flags"),
    "account/sync": (),
    "account/sync_conversations": _words("conversation_ids mk_init_mode sync_cursor label label_id"),
    "label/sync_conversations": _words("label_id sync_cursor mk_init_mode"),
    "account/sync_teams": (),
    "account/sync_pinboard": _words("conversation_id pin_weight pin_limit"),
    "account/sync_taskboard": (),
    "account/sync_reminders": (),
    "client/check": (),
    "client/upgrade": (),
    # 2.2 accounts
    "account/register": _words("email display_name password referer use_code"),
    "account/register/v2": _words("email referer landing"),
    "account/prepare/v2": _words("notification_id registration_mail registration_code"),
    "account/confirm/v2": _words(
        "notification_id display_name password fleep_address phone_nr is_newsletter_disabled"
    ),
    "account/confirm": _words("notification_id"),
    "account/login": _words("email password remember_me"),
    "account/logout": (),
    "account/configure": _words(
        "display_name old_password password phone_nr email_interval is_full_privacy is_newsletter_disabled"
        " is_automute_enabled client_settings primary_email fleep_address"
    ),
    "account/lookup": _words("lookup_list ignore_list"),
    "account/set_flag": _words("client_flag bool_value"),
    "account/dialog": _words("contact_id"),
    "account/close": (),
    "account/reset_password": _words("email"),
    "account/confirm_password": _words("notification_id password"),
    "account/configure_apn": _words("apn_token token_ids"),
    "account/configure_android": _words("registration_id token_ids"),
    "account/configure_email_interval": _words("notification_id email_interval"),
    "account/configure_primary_email": _words("primary_email"),
    "account/click_reminder": (),
    "account/unsubscribe": (),
    "account/export/start": (),
    "account/smtp/list": (),
    "account/smtp/store": (),
    "account/smtp/configure": (),
    "mail/add": (),
    "mail/store": (),
    "mail/list": (),
    "alias/add": (),
    "alias/confirm": (),
    "alias/remove": (),
    "alias/sync": (),
    "avatar/upload": (),
    "avatar/delete": (),
    "fleep_address/add": _words("fleep_address"),
    "classificators": (),
    "submit/stats": (),
    "markup/get_syntax": (),
    # 2.3 contacts
    "contact/sync": _words("contact_id"),
    "contact/sync/all": _words("ignore search_str"),
    "contact/sync/list": _words("contacts"),
    "contact/sync/activity": _words("contacts"),
    "contact/describe": _words("contact_id contact_name phone_nr"),
    "contact/hide": _words("contacts"),
    "contact/import": _words("contact_list"),
    "contact/unlist": _words("contact_id"),
    # 2.4 conversations
    "conversation/create": _words(
        "topic emails message attachments subject is_invite is_autojoin is_disclose account_ids team_ids"
        " fwd_conversation_id fwd_message_nr fork_conversation_id is_list is_managed mk_conv_type"
    ),
    "conversation/sync": _words("from_message_nr mk_direction"),
    "conversation/sync_backward": SYNC,
    "conversation/sync_files": SYNC,
    "conversation/sync_pins": SYNC,
    "conversation/sync_pinboard": SYNC,
    "task/sync": SYNC,
    "conversation/list": _words("sync_horizon"),
    "conversation/label": _words("label sync_horizon"),
    "conversation/store": _words(
        "read_message_nr labels label_ids topic mk_alert_level snooze_interval add_emails remove_emails"
        " disclose_emails add_account_ids remove_account_ids kick_account_ids disclose_account_ids"
        " add_team_ids remove_team_ids disclose_team_ids hide_message_nr is_deleted is_deleted_by_admin"
        " can_post is_autojoin is_disclose is_url_preview_disabled is_list is_managed add_admins"
        " remove_admins mk_conv_type from_message_nr add_ids remove_ids disclose_ids admins"
    ),
    "conversation/mark_read": _words("mk_init_mode"),
    "conversation/add_members": _words("emails from_message_nr"),
    "conversation/remove_members": _words("emails from_message_nr"),
    "conversation/leave": SYNC,
    "conversation/set_topic": _words("topic from_message_nr"),
    "conversation/show_activity": _words("message_nr is_writing from_message_nr"),
    "conversation/poke": _words("message_nr is_bg_poke from_message_nr"),
    "conversation/disclose": _words("emails message_nr from_message_nr"),
    "conversation/disclose_all": _words("emails from_message_nr"),
    "conversation/hide": SYNC,
    "conversation/unhide": SYNC,
    "conversation/delete": SYNC,
    "conversation/set_alerts": _words("mk_alert_level from_message_nr"),
    "conversation/update_labels": _words("labels"),
    "conversation/add_team": (),
    "conversation/remove_team": (),
    "conversation/check_permissions": (),
    "conversation/autojoin": _words("conv_url_key"),
    "conversation/create_hangout": (),
    "hangout": _words("hangout_id hangout_url participants"),
    "conversation/slash_command": _words("message"),
    "conversation/import": _words("hook_id messages"),
    "conversation/unsubscribe": (),
    "conversation/convert_api": (),
    "conversation/sync_teams": (),
    # 2.5 messages
    "message/send": _words("message attachments from_message_nr client_req_id is_retry"),
    "message/store": _words(
        "message_nr message subject attachments tags pin_weight assignee_ids client_req_id from_message_nr"
        " is_retry is_url_preview_disabled add_reactions del_reactions fwd_conversation_id fwd_message_nr"
    ),
    "message/edit": _words("message message_nr attachments from_message_nr"),
    "message/delete": _words("message_nr attachment_id from_message_nr"),
    "message/mark_read": _words("message_nr from_message_nr"),
    "message/mark_unread": _words("message_nr from_message_nr"),
    "message/copy": _words("message_nr to_conv_id from_message_nr"),
    "message/pin": _words("message_nr pin_weight from_message_nr"),
    "message/repin": _words("pin_message_nr pin_weight from_message_nr"),
    "message/unpin": _words("pin_message_nr from_message_nr"),
    "message/snooze": _words("message_nr snooze_interval from_message_nr"),
    "task/list": (),
    "task/create": (),
    "task/done": (),
    "task/todo": (),
    "task/sort": (),
    "task/make": (),
    "task/assign": (),
    "task/archive": (),
    "task/activate": (),
    "event/store": (),
    # 2.6 labels
    "label/store": _words("label label_id index is_on_left_pane is_in_recent is_in_muted"),
    # 2.7 files
    "file/upload": (),
    "file/upload/external": (),
    "file/rename": (),
    # 2.8 hooks
    "conversation/create_hook": _words("hook_name mk_hook_type outgoing_url from_message_nr"),
    "conversation/show_hooks": (),
    "conversation/configure_hook": _words(
        "hook_key hook_name outgoing_url outgoing_disabled from_message_nr"
    ),
    "conversation/drop_hook": _words("hook_key from_message_nr"),
    # 2.9 teams
    "team/create": (),
    "team/configure": (),
    "team/remove": (),
    "team/sync": (),
    "team/autojoin": (),
    # 2.11 search
    "search": (),
    "search/prepare": (),
    "search/reset": (),
    "search/suggest": (),
    # 2.12 business
    "business/create": (),
    "business/configure": (),
    "business/join": (),
    "business/sync": (),
    "business/sync_changelog": (),
    "business/sync_conversations": (),
    "business/create_conversation": (),
    "business/store_conversation": (),
    "business/create_team": (),
    "business/store_team": (),
    "business/diff_team": (),
    "business/invite_team": (),
    "business/decline_invite": (),
    "business/close": (),
    "business/sync_billing": (),
    "business/reset_password": (),
    "business/avatar/upload": (),
    "business/delete_avatar": (),
    "payment/conf": (),
    "payment/subscribe": (),
    # 2.15 the test harness
    "sys/account/register": _words("email password fleep_address display_name"),
    "sys/shard/time_travel": _words("object_id mk_time_action time_interval"),
}
"""Every call below /api/, without the id at its end, and its parameters.

Those of calls that belong to what comes later (files, teams, tasks, search, mail of one's own, business) are
not listed one by one.
"""

OURS: Final[dict[str, tuple[str, ...]]] = {
    "account/register": ("invite",),
    "message/store": ("task_weight", "section_id"),
    "/hook/KEY": _words("message user messages is_read"),
}
"""Fields that no list of the reference has: our own, those of the record of the same name, those of hooks."""

HARNESS: Final = ("sys/business/start_grace_period", "sys/business/start_invoice_payments")
"""Calls of the vendor's own test harness for organisations, which stay unknown here."""
