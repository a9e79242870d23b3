"""Traffic from the tasks' metrics."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glimpse.chat.counts import Counts
from glimpse.chat.outside.metrics import Metrics
from glimpse.operations.local.traffic import WINDOW_SECONDS, Sample, TrafficMeter, quantile, read_sample


def counted(**totals: int) -> Counts:
    """`messages` were acknowledged within 5 to 10 ms each."""
    counts = Counts()
    counts.joined = totals.get("joined", 0)
    counts.left.update({"timeout": totals.get("timeout", 0), "closed": totals.get("closed", 0)})
    counts.deliveries = totals.get("deliveries", 0)
    counts.ack_buckets[3] = totals.get("messages", 0)
    return counts


def sample(**totals: int) -> Sample:
    return read_sample(Metrics(counted(**totals)).text().decode())


def test_a_sample_is_what_the_service_answers_to_prometheus() -> None:
    text = Metrics(counted(joined=7, timeout=2, messages=4), lambda: {"database_connections": 3}).text().decode()
    read = read_sample(text)
    assert (read.sockets, read.database_connections) == (5, 3)
    assert read.counters["glimpse_leaves_total", "timeout"] == 2
    assert read.counters["glimpse_ack_seconds_count", ""] == 4


def test_an_answer_that_is_no_metrics_is_an_empty_sample() -> None:
    assert read_sample("<html>no</html>") == Sample()


def test_rates_are_those_between_samples_over_all_tasks() -> None:
    meter = TrafficMeter()
    meter.add(0, {"task-1": sample(joined=1), "task-2": sample(joined=2)})
    meter.add(
        4,
        {"task-1": sample(joined=1, messages=40, deliveries=80), "task-2": sample(joined=2, messages=4, deliveries=8)},
    )
    traffic = meter.traffic(balancer_5xx=3)
    assert traffic.sockets == 3
    assert traffic.messages_per_second == 11
    assert traffic.deliveries_per_second == 22
    assert traffic.p99_ms == pytest.approx(9.95)
    assert traffic.balancer_5xx == 3


def test_rates_forget_what_was_before_the_window() -> None:
    meter = TrafficMeter()
    for second in range(100):
        meter.add(second, {"task-1": sample(messages=1000 * min(second, 50))})
    assert meter.traffic().messages_per_second == 0
    assert meter.traffic().p99_ms is None
    meter.add(100, {"task-1": sample(messages=50_000 + 20)})
    assert meter.traffic().messages_per_second == 20 / WINDOW_SECONDS


def test_before_two_samples_there_is_no_rate() -> None:
    meter = TrafficMeter()
    assert meter.traffic().messages_per_second == 0
    meter.add(5, {"task-1": sample(joined=4, messages=9)})
    assert (meter.traffic().sockets, meter.traffic().messages_per_second) == (4, 0)


def test_what_a_task_counted_before_it_started_anew_stays_counted() -> None:
    meter = TrafficMeter()
    meter.add(0, {"task-1": sample()})
    meter.add(1, {"task-1": sample(timeout=5, joined=9, messages=50)})
    meter.add(2, {"task-1": sample(timeout=1, joined=4, messages=10)})
    traffic = meter.traffic()
    assert traffic.drops == {"timeout": 6}
    assert traffic.sockets == 3
    assert traffic.messages_per_second == 30


def test_a_task_that_does_not_answer_once_is_not_counted_twice() -> None:
    meter = TrafficMeter()
    meter.add(0, {"task-1": sample(timeout=5, joined=9)})
    meter.add(1, {"task-1": None})
    assert meter.traffic().sockets == 0
    meter.add(2, {"task-1": sample(timeout=6, joined=9)})
    assert meter.traffic().drops == {"timeout": 6}


def test_the_drops_of_a_task_that_has_gone_stay_counted() -> None:
    meter = TrafficMeter()
    meter.add(0, {"task-1": sample(timeout=5, closed=1, joined=9)})
    meter.add(1, {"task-2": sample(timeout=1, joined=2)})
    assert meter.traffic().drops == {"timeout": 6, "closed": 1}
    assert meter.traffic().sockets == 1


def test_a_quantile_is_spread_inside_its_bucket_and_capped_by_the_last_bound() -> None:
    infinity = float("inf")
    assert quantile({1.0: 50, 2.0: 100, infinity: 100}, 0.75) == 1.5
    assert quantile({1.0: 0, infinity: 10}, 0.5) == 1.0
    assert quantile({1.0: 0, infinity: 0}, 0.5) is None
    assert quantile({}, 0.5) is None


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=8), st.floats(0.01, 1))
def test_a_quantile_is_never_outside_the_buckets(counts: list[int], share: float) -> None:
    total = 0
    buckets = {}
    for number, count in enumerate(counts):
        total += count
        buckets[float(number + 1)] = float(total)
    found = quantile(buckets, share)
    assert found is None if not total else found is not None and 0 <= found <= len(counts)
