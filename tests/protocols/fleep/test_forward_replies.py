"""What holds for all calls that change a conversation, and for all paths."""

from typing import Any, Final

from tests.docs.fleep_calls import CALLS
from tests.protocols.fleep.keys_twice import check
from tests.protocols.fleep.place import Client, Place

NOT_HERE: Final = ("conversation/sync", "conversation/delete", "task/sync")
"""Calls that take a number for something else, or after which there is no flow to see."""

FORWARD: Final = tuple(
    path for path, names in CALLS.items() if "from_message_nr" in names and not path.startswith(NOT_HERE)
)
FOLLOWED: Final = 23
"""So many of them can be asked here and answer with a header that is no beginning."""


def filled(path: str, conv: str, number: int, email: str) -> dict[str, Any]:
    """What a call needs, so that it changes something."""
    fields: dict[str, Any] = {
        "message_nr": number,
        "pin_message_nr": number,
        "message": "another word",
        "emails": email,
        "topic": "other",
        "to_conv_id": conv,
        "mk_alert_level": "never",
        "hook_name": "ci",
        "is_writing": True,
        "pin_weight": 3,
        "snooze_interval": 60,
    }
    return {name: value for name, value in fields.items() if name in CALLS[path]}


async def test_every_change_answers_with_the_flow_from_where_the_client_is(
    place: Place, ann: Client, bo: Client
) -> None:
    """`from_message_nr` makes the reply of any call a forward sync: no number of the flow is left out."""
    followed = []
    for path in FORWARD:
        made = await ann.call("conversation/create", topic="any", emails=bo.email, message="hello")
        conv = made["header"]["conversation_id"]
        number = (await ann.call(f"message/send/{conv}", message="a word"))["result_message_nr"]
        if path in ("message/repin", "message/unpin"):
            await ann.call(f"message/pin/{conv}", message_nr=number)
        fields = filled(path, conv, number, bo.email)
        answer = await ann.send(f"{path}/{conv}", from_message_nr=1, **fields)
        told = answer.json()
        if answer.status_code != 200 or "header" not in told or told["header"].get("is_init"):
            continue
        messages = [one for one in told["stream"] if one["mk_rec_type"] == "message"]
        numbers = [one.get("flow_message_nr") or one["message_nr"] for one in messages]
        assert numbers == list(range(2, told["header"]["last_message_nr"] + 1)), path
        assert told["header"]["fw_message_nr"] == told["header"]["last_message_nr"], path
        assert "bw_message_nr" not in told["header"], path
        for record in (told["header"], *told["stream"]):
            check(record)
        followed.append(path)
    assert len(followed) >= FOLLOWED, sorted(set(FORWARD) - set(followed))


async def test_paths_are_read_tolerantly(place: Place, ann: Client) -> None:
    """A slash at the end, two at the beginning, and an id in capitals change nothing."""
    conv = (await ann.call("conversation/create", topic="any"))["header"]["conversation_id"]
    headers = {"Cookie": f"token_id={ann.token}"}
    for call in ("account/sync", f"conversation/sync/{conv}", f"conversation/sync/{conv.upper()}"):
        for path in (f"/api/{call}", f"/api/{call}/", f"//api/{call}", f"//api/{call}/"):
            url = f"http://localhost:8080{path}"
            answer = await ann.http.post(url, json={"ticket": ann.ticket}, headers=headers)
            assert answer.status_code == 200, path
            told = answer.json()
            assert told.get("email") == ann.email or told["header"]["topic"] == "any"


async def test_no_body_and_unknown_keys_are_nothing(place: Place, ann: Client) -> None:
    """Calls without arguments come without a body, others with whatever a client thinks of, also nulls."""
    for body in (b"", b" ", b"{}"):
        answer = await ann.http.post("/api/classificators", content=body)
        assert answer.status_code == 200
        assert (await ann.http.post("/api/account/sync", content=body)).status_code == 401
    told = await ann.call("account/sync", api_version=4, download_url=None, whatever={"a": [1]})
    assert told["email"] == ann.email
    made = await ann.call(
        "conversation/create", topic="any", **dict.fromkeys(CALLS["conversation/create"][1:])
    )
    assert made["header"]["topic"] == "any"
