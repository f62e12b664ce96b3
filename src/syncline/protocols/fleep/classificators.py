"""`classificators`: the words of the protocol (Fleep reference 5); and calls that only tell or take note."""

from typing import Final

import msgspec

from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.records.contact import FLAGS, INTERVALS
from syncline.protocols.fleep.serving import Call, Reply, Spec
from syncline.protocols.fleep.syncing.sync import WAYS
from syncline.services.labels import SYSTEM

_WORDS: Final[dict[str, str]] = {
    "mk_account_status": "new active banned closed alias valid beta",
    "mk_alert_level": "default never passive",
    "mk_conv_type": "cct_default cct_list cct_no_mail",
    "mk_device_type": "android ios",
    "mk_direction": " ".join(WAYS),
    "mk_email_interval": " ".join(INTERVALS),
    "mk_hook_type": "plain import bitbucket confluence github gitlab ifttt jira newrelic pivotaltracker"
    " sameroom slack trello zapier",
    "mk_init_mode": "ic_header ic_tiny ic_full",
    "mk_label_status": "active removed",
    "mk_label_type": "user_label system_label",
    "mk_member_status": "bms_pending bms_active bms_removed bms_closed bms_suspended bms_declined"
    " bms_expired",
    "mk_message_state": " ".join(
        f"urn:fleep:message:mk_message_state:{state}"
        for state in ("plain", "system", "deleted", "pinned", "unpinned", "todo", "done")
    ),
    "mk_message_type": "text email separator create add leave kick topic alerts disclose hook unhook add_team"
    " kick_team hangout replace share unshare autojoin delfile file sysmsg signin bounce show unshow"
    " url_previews no_url_previews call delete closeV1 closeV2 kickV2 add_teamV2 discloseV2 passiveV1 joinV1"
    " deleteV1 unmanage enable_done_notifs disable_done_notifs task_completed",
    "mk_organisation_status": "bos_new bos_closed",
    "mk_push_new_message": "first all",
    "mk_smtp_status": "smtp_added smtp_failed smtp_confirmed smtp_removed",
    "mk_sync_mode": "tsm_full tsm_snapshot",
    "client_flags": " ".join(FLAGS),
    "poll_flags": "skip_hidden skip_rest",
    "search_types": "topic chat file pin task subject",
    "tags": "pin unpin unlock is_shared is_task is_todo is_done is_separator is_archived is_deleted"
    " is_new_sheet is_hidden is_edited_by_others add_guests",
    "upload_status": "pending success failure",
}
"""The words of each list, with blanks between them."""

_SUBTYPES: Final = ("user", *(one.subtype for one in SYSTEM), "team_label")
"""Of labels; one of them has a blank in it."""

WORDS: Final = msgspec.json.encode(
    {**{name: words.split() for name, words in _WORDS.items()}, "mk_label_subtype": _SUBTYPES}
)

SYNTAX: Final = msgspec.json.encode(
    {
        "syntax": [
            {"name": "bold", "prefix": "*", "suffix": "*", "element": "b"},
            {"name": "italic", "prefix": "_", "suffix": "_", "element": "i"},
            {"name": "code", "prefix": ":::\n", "suffix": "\n:::", "element": "pre"},
            {"name": "quote", "prefix": ">", "suffix": "\n", "element": "q"},
            {"name": "named_link", "prefix": "<<", "suffix": ">>", "element": "a"},
        ]
    }
)
"""What marks up a message (reference 4.7). No client is known to read more than that it is there."""


async def classificators(fleep: Fleep, call: Call) -> Reply:
    """classificators: every list of words by its name; for this nobody signs in."""
    return WORDS


async def get_syntax(fleep: Fleep, call: Call) -> Reply:
    """markup/get_syntax: the marks of a message's text."""
    return SYNTAX


async def submit_stats(fleep: Fleep, call: Call) -> Reply:
    """submit/stats: what clients count about their use is not kept."""
    return {}


CALLS: Final = (
    Spec("classificators", classificators, open=True),
    Spec("markup/get_syntax", get_syntax, write=False),
    Spec("submit/stats", submit_stats, open=True),
)
