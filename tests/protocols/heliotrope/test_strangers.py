"""Another account's ids: nothing seen, nothing changed, and no way to tell that they are there."""

from typing import Any

import pytest
from tests.protocols.heliotrope.calls import Call, calls
from tests.protocols.heliotrope.place import FORM, Client, Place, encoded, letter

SECRET = "heliotropium"


async def everything(client: Client) -> Any:
    """All that an account sees of its mails."""
    threads = await client.search("*", num=300)
    return {
        "threads": threads,
        "messages": [await client.get(f"/thread/{thread['thread_id']}.json") for thread in threads],
        "labels": await client.get("/labels.json"),
        "size": await client.get("/size.json"),
        "contacts": await client.get("/contacts.json"),
    }


async def mailbox(client: Client) -> tuple[int, int]:
    """Some mails with a secret in every field; the id of a thread without a root, and of a message."""
    for id in ("b", "c"):
        raw = letter(
            f"{id}-{SECRET}@x",
            SECRET,
            SECRET,
            sender=f"{SECRET} <{SECRET}@x.org>",
            to=f"{SECRET}@y.org",
            refs=[f"a-{SECRET}@x"],
        )
        added = await client.add(raw, [SECRET], ["unread"])
    return added["thread_id"], added["doc_id"]


FORMS = (
    encoded(labels=["mine"], state=["deleted"], message=letter(f"b-{SECRET}@x", "Other")),
    encoded(),
)


@pytest.mark.parametrize("kind", range(len(tuple(calls()))), ids=lambda at: str(tuple(calls())[at]))
async def test_no_call_tells_or_changes_anything_of_anothers_mails(place: Place, kind: int) -> None:
    """Each route with the owner's ids, asked by a stranger with an empty mailbox, answers what it answers
    for ids that nobody has."""
    ann, eve = await place.client("ann"), await place.client("eve")
    thread, message = await mailbox(ann)
    before = await everything(ann)
    for known, nothing in (
        (tuple(calls(thread, message))[kind], tuple(calls(-777, 777))[kind]),
        (tuple(calls(message, message))[kind], tuple(calls(777, 777))[kind]),
    ):
        for query in (f"q={SECRET}", "q=*&prefix=h", "q=~unread&only_infos=1"):
            for form in FORMS:
                told = await ask(eve, known, query, form)
                assert SECRET not in told[1]
                if known != nothing:
                    assert told == await ask(eve, nothing, query, form)
    assert await everything(ann) == before


async def ask(client: Client, call: Call, query: str, form: bytes) -> tuple[int, str]:
    """Status and text of an answer, without what is different in each."""
    content = form if call.writes else None
    answer = await client.http.request(call.method, f"{call.path}?{query}", content=content, headers=FORM)
    text = answer.text.replace(answer.headers["X-Request-Id"], "")
    return answer.status_code, text


async def test_the_same_mail_lies_in_two_mailboxes_as_two(place: Place) -> None:
    """Labels, states and threads are each owner's own."""
    ann, bob = await place.client("ann"), await place.client("bob")
    raw = letter("a@x")
    await ann.add(raw, ["ann"], ["unread"])
    assert (await bob.add(raw, ["bob"]))["status"] == "unseen"
    await bob.post("/thread/1/state.json", state=["starred"])
    assert set((await ann.get("/thread/1/info.json"))["labels"]) == {"ann", "unread"}
    assert set((await bob.get("/thread/1/info.json"))["labels"]) == {"bob", "starred"}
    assert await bob.found("~ann") == await ann.found("~bob") == []
