"""The numbers: declared in one file, counted exactly."""

from prometheus_client.parser import text_string_to_metric_families

from syncline.server import metrics as module
from syncline.server.metrics import BOUNDS, HEAD, Metrics


def test_the_text_is_prometheus_format_and_every_name_is_declared() -> None:
    """A name that is not in the file's table would be in no documentation either."""
    metrics = Metrics()
    metrics.meter("changes", "/changes").count(200, 0.001)
    metrics.gauge(HEAD, lambda: 42)
    declared = {each[0] for name, each in vars(module).items() if name.isupper() and _is_declaration(each)}
    families = list(text_string_to_metric_families(metrics.text().decode()))
    assert {family.name for family in families} <= declared
    assert all(family.documentation for family in families)
    assert {family.name: family.samples[0].value for family in families}["syncline_log_head"] == 42


def _is_declaration(value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 3 and isinstance(value[2], tuple)


def test_times_fall_into_their_buckets_and_waiting_routes_are_left_out() -> None:
    """A long poll's 60 seconds say nothing about speed."""
    metrics = Metrics()
    quick = metrics.meter("changes", "/conversations")
    metrics.meter("changes", "/changes", waits=True).count(200, 60.0)
    for seconds in (0.0001, BOUNDS[0], 0.003, 99.0):
        quick.count(200, seconds)
    found = {}
    for family in text_string_to_metric_families(metrics.text().decode()):
        if family.name == "syncline_http_seconds":
            found = {sample.labels.get("le", sample.name): sample.value for sample in family.samples}
    assert found["0.0005"] == 2
    assert found["0.0025"] == 2
    assert found["0.005"] == 3
    assert found["+Inf"] == 4


def test_a_client_that_left_before_its_answer_is_counted_as_such() -> None:
    """Status 0: no answer was sent, so it is neither a success nor an error."""
    metrics = Metrics()
    metrics.meter("changes", "/changes").count(0, 1.0)
    assert 'status="none"} 1.0' in metrics.text().decode()
