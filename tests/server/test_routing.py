"""Finding a route: exact before parameters before tails, and no path that fits by accident."""

import pytest
from tests.server.running import hello

from syncline.gateways.http.answers import plain
from syncline.gateways.http.routes import Route
from syncline.server.metrics import Meter
from syncline.server.routing import Router, Target


def router(*paths: str) -> Router:
    """A router of GET routes."""
    made = Router()
    for path in paths:
        route = Route(("GET",), path, lambda _: hello, "changes")
        made.add(route.methods, Target(route, hello, plain, Meter("changes", path), 100))
    return made


PATHS = (
    "/a/{id}",
    "/a/{id}.json",
    "/a/new",
    "/a/{id}/b/{name}",
    "/a/{id}/{rest:path}",
    "/static/{file:path}",
    "/exact",
)


@pytest.mark.parametrize(
    ("raw", "path", "params"),
    [
        ("/a/1", "/a/{id}", {"id": "1"}),
        ("/a/1/b/x%2Fy", "/a/{id}/b/{name}", {"id": "1", "name": "x/y"}),
        ("/a/1/b", "/a/{id}/{rest:path}", {"id": "1", "rest": "b"}),
        ("/a/1/c/d", "/a/{id}/{rest:path}", {"id": "1", "rest": "c/d"}),
        ("/a/new/b/x", "/a/{id}/b/{name}", {"id": "new", "name": "x"}),
        ("/static/../../etc/passwd", "/static/{file:path}", {"file": "../../etc/passwd"}),
        ("/a/%C3%A4", "/a/{id}", {"id": "ä"}),
        ("/a/-5.json", "/a/{id}.json", {"id": "-5"}),
        ("/a/5.JSON", "/a/{id}", {"id": "5.JSON"}),
        ("/a/.json", "/a/{id}", {"id": ".json"}),
    ],
)
def test_a_path_with_parameters_is_found_with_them(raw: str, path: str, params: dict[str, str]) -> None:
    """Backtracking included: `/a/new` is plain, `/a/new/b/x` is not."""
    found = router(*PATHS).match(raw)
    assert found is not None
    methods, values = found
    assert methods["GET"].path == path
    assert values == params


@pytest.mark.parametrize("raw", ["/a", "/a/", "/b/1", "/exactly", "", "/a//b/x/y/../.."])
def test_what_fits_no_route_is_not_found(raw: str) -> None:
    """An empty segment is no parameter."""
    assert router("/a/{id}", "/a/{id}/b/{name}", "/exact").match(raw) is None


def test_one_path_and_method_has_one_route() -> None:
    """The second would never be reached."""
    with pytest.raises(ValueError, match="two routes"):
        router("/a/{id}", "/a/{id}")
