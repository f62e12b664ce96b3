"""The router: exact paths by one dict look-up, then paths with parameters by their segments."""

from collections.abc import Iterable
from typing import TypeAlias
from urllib.parse import unquote

from starlette.types import ASGIApp

from syncline.gateways.http.answers import Shape
from syncline.gateways.http.routes import Route
from syncline.server.metrics import Meter


class Target:
    """A route, made ready: its callable, its owner's shape, its counters."""

    __slots__ = ("app", "cross_origin", "max_body", "meter", "path", "shape")

    def __init__(self, route: Route, app: ASGIApp, shape: Shape, meter: Meter, max_body: int) -> None:
        """Bind a route to its callable."""
        self.app = app
        self.shape = shape
        self.meter = meter
        self.path = route.path
        self.cross_origin = route.cross_origin
        self.max_body = max_body if route.max_body is None else route.max_body


Methods: TypeAlias = dict[str, Target]


class _Node:
    """One segment of the paths with parameters."""

    __slots__ = ("children", "endings", "methods", "names", "parameter", "tail", "tail_names")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.endings: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.names: tuple[str, ...] = ()
        self.methods: Methods | None = None
        self.tail: Methods | None = None
        self.tail_names: tuple[str, ...] = ()


class Router:
    """Finds the targets of a path. `exact` is public because the hot loop looks there itself."""

    def __init__(self) -> None:
        """Start without routes."""
        self.exact: dict[str, Methods] = {}
        self._root = _Node()

    def add(self, methods: Iterable[str], target: Target, *, slash: bool = False) -> None:
        """Add a route, or its path with a `slash` behind it; ValueError if path and method are taken."""
        known = self._methods(target.path + "/" if slash else target.path)
        for method in methods:
            if method in known:
                raise ValueError(f"{method} {target.path} has two routes.")
            known[method] = target
        if "GET" in known:
            known.setdefault("HEAD", known["GET"])

    def match(self, raw_path: str) -> tuple[Methods, dict[str, str]] | None:
        """The targets by method of a path with parameters, and those; `raw_path` is still percent-encoded.

        Segments are unquoted one by one, so that an encoded slash stays inside its parameter. Plain
        segments win over parameters with an ending (`{id}.json`), those over parameters, and all over tails.
        """
        segments = [unquote(segment) for segment in raw_path.lstrip("/").split("/")]
        values: list[str] = []
        found = _walk(self._root, segments, 0, values)
        if found is None:
            return None
        methods, names = found
        return methods, dict(zip(names, values, strict=True))

    def _methods(self, path: str) -> Methods:
        if "{" not in path:
            return self.exact.setdefault(path, {})
        node = self._root
        names: list[str] = []
        for segment in path.lstrip("/").split("/"):
            if not segment.startswith("{"):
                node = node.children.setdefault(segment, _Node())
                continue
            name, _, ending = segment.removeprefix("{").partition("}")
            if name.endswith(":path"):
                names.append(name.removesuffix(":path"))
                if node.tail is None:
                    node.tail, node.tail_names = {}, tuple(names)
                return node.tail
            names.append(name)
            if ending:
                node = node.endings.setdefault(ending, _Node())
                continue
            node.parameter = node.parameter or _Node()
            node = node.parameter
        if node.methods is None:
            node.methods, node.names = {}, tuple(names)
        return node.methods


def _walk(
    node: _Node, segments: list[str], at: int, values: list[str]
) -> tuple[Methods, tuple[str, ...]] | None:
    if at == len(segments):
        return (node.methods, node.names) if node.methods is not None else None
    segment = segments[at]
    child = node.children.get(segment)
    if child is not None and (found := _walk(child, segments, at + 1, values)):
        return found
    for ending, below in node.endings.items():
        if len(segment) > len(ending) and segment.endswith(ending):
            values.append(segment.removesuffix(ending))
            if found := _walk(below, segments, at + 1, values):
                return found
            values.pop()
    if node.parameter is not None and segment:
        values.append(segment)
        if found := _walk(node.parameter, segments, at + 1, values):
            return found
        values.pop()
    if node.tail is not None:
        values.append("/".join(segments[at:]))
        return node.tail, node.tail_names
    return None
