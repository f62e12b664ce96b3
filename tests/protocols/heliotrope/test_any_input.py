"""Every route with parameters and bodies of every kind: documented errors only, in this protocol's shape."""

import asyncio
from pathlib import Path
from urllib.parse import quote

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.protocols.heliotrope.place import MIXED, Client, Place, letter, refused

from syncline.protocols.heliotrope.plugged import ROUTES
from syncline.store.sqlite import open_store

DOCUMENTED = frozenset({200, 400, 404, 405, 413})
"""Every status that a request which is let in may get; 5xx is not among them."""

TEXTS = st.text(max_size=20) | st.sampled_from(
    ["", "0", "1", "2", "-1", "-5", "999", "9" * 25, "1e3", "true", "~inbox", "hello", "*", "(", '"', "a:b:c"]
)
LISTS = st.sampled_from(
    ["[]", '["inbox"]', '["a:b"]', "[1]", '"x"', "{}", "{", "[[[[", '["\\ud800"]', '{"a":{"b":[1,null]}}']
)
NAMES = st.sampled_from(
    [
        "q",
        "start",
        "num",
        "sort",
        "strict",
        "prefix",
        "copy",
        "mime_type_pref",
        "only_infos",
        "labels",
        "state",
        "extra",
        "message",
        "message_base64",
        "force_recipients",
    ]
)
PARAMETERS = st.dictionaries(NAMES | st.text(max_size=3), TEXTS | LISTS, max_size=4)
MAILS = st.binary(max_size=60) | st.sampled_from([MIXED, letter("a@x"), letter("n@x", refs=["a@x"])])
BODIES = (
    st.binary(max_size=80)
    | PARAMETERS.map(lambda fields: str(httpx.QueryParams(fields)).encode())
    | MAILS.map(lambda raw: b"message=" + raw)
    | st.sampled_from([b"", b"{}", b"[]", b'{"message":""}', b'{"labels":[],"state":[]}', b"[" * 2000])
)
KINDS = st.sampled_from(
    ["", "application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x", "x/y"]
)
REQUESTS = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE"]),
        "route": st.sampled_from([route.path for route in ROUTES]),
        "id": st.sampled_from(["1", "2", "3", "-1", "-2", "999"]) | st.text("0123456789-+.x%", max_size=22),
        "part": st.sampled_from(["0", "1", "2", "3", "-1", "x"]),
        "query": PARAMETERS,
        "kind": KINDS,
        "body": BODIES,
    }
)


def test_nothing_that_is_sent_is_an_error_of_the_server(tmp_path: Path) -> None:
    """No 5xx, no error page, no success without `response`: in 400 requests of every kind."""
    with asyncio.Runner() as runner:
        store = runner.run(open_store(tmp_path / "data"))

        async def begin() -> tuple[Place, Client]:
            place = Place(store)
            ann = await place.client("ann")
            await ann.add(MIXED, ["inbox"], ["unread"])
            await ann.add(letter("b@x", refs=["gone@x"]))
            await ann.add(letter("c@x", refs=["gone@x"]))
            return place, ann

        place, ann = runner.run(begin())

        @settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(REQUESTS)
        def check(request: dict[str, object]) -> None:
            runner.run(ask(ann, request))

        check()
        runner.run(place.close())
        runner.run(store.close())


async def ask(client: Client, request: dict[str, object]) -> None:
    """One request, and what must be true of its answer."""
    route = str(request["route"])
    path = route.replace("{id}", quoted(request["id"])).replace("{part}", str(request["part"]))
    query = httpx.QueryParams(request["query"])  # type: ignore[arg-type]
    answer = await client.http.request(
        str(request["method"]),
        f"{path}?{query}",
        content=request["body"],  # type: ignore[arg-type]
        headers={"Content-Type": str(request["kind"])},
    )
    assert answer.status_code in DOCUMENTED, (answer.status_code, answer.text)
    if request["method"] == "HEAD":
        return
    if answer.status_code == 200 and not route.endswith(".json"):
        assert "sandbox" in answer.headers["content-security-policy"]
    elif answer.status_code == 200 and answer.json()["response"] == "ok":
        assert answer.headers["content-type"] == "application/json"
    else:
        refused(answer, answer.status_code)


def quoted(id: object) -> str:
    """An id in a path; clients take `.` and `..` out themselves unless they are quoted."""
    return quote(str(id), safe="").replace(".", "%2E") or "0"
