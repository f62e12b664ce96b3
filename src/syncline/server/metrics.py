"""Every number that the server shows, declared in one place; counted as plain ints, told on a scrape."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

BOUNDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Upper bounds of the histogram's buckets, seconds: fine around the targets of 2 to 20 ms."""

CLASSES: Final = ("none", "1xx", "2xx", "3xx", "4xx", "5xx")

REQUESTS: Final = ("syncline_http_requests", "Requests answered.", ("owner", "route", "status"))
SECONDS: Final = (
    "syncline_http_seconds",
    "Time from request to answer, seconds; waiting routes left out.",
    ("owner",),
)
RUNNING: Final = ("syncline_http_running", "Requests being served now, parked polls included.", ())
REFUSED: Final = ("syncline_http_refused", "Requests refused before any handler.", ("reason",))
HEAD: Final = ("syncline_log_head", "The seq of the newest change of the log.", ())
PARKED: Final = ("syncline_parked", "Requests parked until something changes.", ())
ACCESS_DROPPED: Final = (
    "syncline_access_log_dropped",
    "Access log lines dropped, because the log was slower.",
    (),
)

REASONS: Final = ("body", "busy", "host", "method", "origin", "path", "rate")
"""Why a request is refused before any handler."""


class Meter:
    """The counters of one route: bare ints, because a labelled counter costs 1 µs a request."""

    __slots__ = ("buckets", "owner", "path", "seconds", "statuses", "waits")

    def __init__(self, owner: str, path: str, *, waits: bool = False) -> None:
        """Start at zero."""
        self.owner = owner
        self.path = path
        self.waits = waits
        self.statuses = [0] * len(CLASSES)
        self.buckets = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def count(self, status: int, seconds: float) -> None:
        """Count a request. Status 0: the client left before it was answered."""
        self.statuses[status // 100] += 1
        if not self.waits:
            self.seconds += seconds
            self.buckets[bisect_left(BOUNDS, seconds)] += 1


class Metrics(Collector):
    """All numbers of one server, in a registry of its own (tests run several servers in one process)."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self.running = 0
        self.refused = dict.fromkeys(REASONS, 0)
        self.meters: list[Meter] = []
        self._gauges: list[tuple[tuple[str, str, tuple[str, ...]], Callable[[], float]]] = []
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    def meter(self, owner: str, path: str, *, waits: bool = False) -> Meter:
        """The counters of a new route."""
        meter = Meter(owner, path, waits=waits)
        self.meters.append(meter)
        return meter

    def gauge(self, declared: tuple[str, str, tuple[str, ...]], read: Callable[[], float]) -> None:
        """Show a number that is read on each scrape."""
        self._gauges.append((declared, read))

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: all names are in this file."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Tell all numbers."""
        requests = CounterMetricFamily(REQUESTS[0], REQUESTS[1], labels=REQUESTS[2])
        seconds: dict[str, tuple[list[int], float]] = {}
        for meter in self.meters:
            for name, count in zip(CLASSES, meter.statuses, strict=True):
                if count:
                    requests.add_metric((meter.owner, meter.path, name), count)
            if not meter.waits:
                buckets, total = seconds.get(meter.owner, ([0] * (len(BOUNDS) + 1), 0.0))
                summed = [a + b for a, b in zip(buckets, meter.buckets, strict=True)]
                seconds[meter.owner] = (summed, total + meter.seconds)
        yield requests
        yield self._histogram(seconds)
        running = GaugeMetricFamily(RUNNING[0], RUNNING[1])
        running.add_metric((), self.running)
        yield running
        refused = CounterMetricFamily(REFUSED[0], REFUSED[1], labels=REFUSED[2])
        for reason, count in self.refused.items():
            refused.add_metric((reason,), count)
        yield refused
        for (name, help, _), read in self._gauges:
            gauge = GaugeMetricFamily(name, help)
            gauge.add_metric((), read())
            yield gauge

    def _histogram(self, seconds: dict[str, tuple[list[int], float]]) -> HistogramMetricFamily:
        family = HistogramMetricFamily(SECONDS[0], SECONDS[1], labels=SECONDS[2])
        for owner, (counts, total) in seconds.items():
            running = 0
            buckets = []
            for bound, count in zip((*map(str, BOUNDS), "+Inf"), counts, strict=True):
                running += count
                buckets.append((bound, running))
            family.add_metric((owner,), buckets, total)
        return family

    def text(self) -> bytes:
        """All numbers in Prometheus' text format."""
        return generate_latest(self._registry)
