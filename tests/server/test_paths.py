"""One table of paths and owners, and no route outside of its owner's part."""

import pytest
from tests.server.running import hello

from syncline.gateways.http.routes import Route
from syncline.server.paths import PREFIXES, clashes, covers, owner_of
from syncline.server.plugged import PARTS


def route(owner: str, path: str, *methods: str) -> Route:
    """A route of an owner."""
    return Route(methods or ("GET",), path, lambda _: hello, owner)


def test_no_two_protocols_claim_one_path() -> None:
    """All routes that are served, against each other and against the table."""
    routes = [route for part in PARTS for route in part.routes]
    assert clashes(routes) == []
    assert {route.owner for route in routes} == {part.name for part in PARTS}


def test_two_claims_of_one_path_are_found_even_under_other_parameter_names() -> None:
    """`/v2/{id}` and `/v2/{name}` are the same path."""
    found = clashes([route("base", "/v2/{id}"), route("fleep", "/v2/{name}")])
    assert any("is claimed by base and by fleep" in each for each in found)


def test_a_route_outside_of_its_owners_part_is_found() -> None:
    """A protocol that serves below another's prefix would shadow what comes later."""
    assert clashes([route("fleep", "/v2/contacts")]) == [
        "/v2/contacts is of fleep, but the table gives it to base."
    ]


def test_pages_stand_beside_the_data_that_they_show_and_in_place_of_none() -> None:
    """`/thread/{id}` is a page, `/thread/{id}.json` its data, `/message/{id}/raw` somebody else's bytes."""
    assert clashes([route("web", "/thread/{id}"), route("heliotrope", "/thread/{no}.json")]) == []
    for path in ("/search.json", "/message/{id}.json", "/message/{id}/raw", "/message/{id}/part/{n}"):
        assert clashes([route("web", path)]) == [f"{path} is of web, but the table gives it to heliotrope."]
    assert clashes([route("fleep", "/thread/{id}")]) != []


def test_no_prefix_of_the_table_hides_another_owners() -> None:
    """The longest prefix decides; equal ones cannot be (it is a dict), and nested ones are of one owner."""
    for prefix, owner in PREFIXES.items():
        for other, other_owner in PREFIXES.items():
            if other != prefix and covers(prefix, other):
                assert owner == other_owner, (prefix, other)


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("/", "heliotrope"),
        ("/api/account/poll", "fleep"),
        ("/apiary", "server"),
        ("/search", "heliotrope"),
        ("/search.json", "heliotrope"),
        ("/searching", "server"),
        ("/thread/5", "heliotrope"),
        ("/_matrix/client/versions", "matrix"),
        ("/changes", "changes"),
        ("/login/link", "web"),
        ("/favicon.ico", "server"),
    ],
)
def test_the_owner_of_a_path_gives_its_refusals_their_shape(path: str, owner: str) -> None:
    """What fits no prefix is the server's own."""
    assert owner_of(path) == owner
