"""
Metrics of CloudWatch → the values of `glimpse.toml` that they tell. What no metric tells is kept, with the reason.

A balancer reports no datapoint for an hour without traffic, so that an hour without one counts as zero from the first
datapoint on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from msgspec import Struct, field

from glimpse.operations.monitoring.note import Note, note

HOUR = timedelta(hours=1)
MIN_DAYS = 1.0
"""Less than a day does not tell the load of each hour."""

MIN_GROWTH_DAYS = 7
DAYS_PER_MONTH = 730 / 24
MEGABYTE, GIGABYTE = 1e6, 1e9

Series = Sequence[tuple[datetime, float]]


class Stated(Struct, frozen=True):
    """What the file says that a metric cannot: `connects` and `messages` are of a user and day."""

    users: int
    connects: float
    messages: float
    requests_per_connection: float


class Traffic(Struct, frozen=True):
    """
    Series of an hour or a day by name (see `outside/aws/workload_metrics.py`); a name that is not there was not asked
    for, for the reason in `unasked`. From `start` to `end`.
    """

    start: datetime
    end: datetime
    zone: tzinfo
    zone_name: str
    series: Mapping[str, Series]
    unasked: Mapping[str, Note] = field(default_factory=dict)
    is_behind_cloudfront: bool = False


class Value(Struct, frozen=True):
    """A value of the file: `section` and `key`, and `source`: the metric, its statistic and its period."""

    section: str
    key: str
    value: float | Sequence[float]
    source: str


class Kept(Struct, frozen=True):
    """A value that no metric tells."""

    section: str
    key: str
    why: Note


class Measured(Struct, frozen=True):
    """`facts` are worth a comment, and are the value of no key."""

    values: Sequence[Value]
    kept: Sequence[Kept]
    facts: Sequence[Note] = ()


class _Derivation:
    def __init__(self, traffic: Traffic, stated: Stated) -> None:
        self.traffic, self.stated = traffic, stated
        self.values: list[Value] = []
        self.kept: list[Kept] = []

    def series(self, name: str) -> Series:
        return self.traffic.series.get(name, ())

    def days(self, name: str) -> float:
        """From the first datapoint to the end."""
        points = self.series(name)
        return (self.traffic.end - points[0][0]) / timedelta(days=1) if points else 0.0

    def a_day(self, name: str) -> float | None:
        """The sum of a metric of one day; None where there is less than a day of it."""
        days = self.days(name)
        return sum(value for _, value in self.series(name)) / days if days >= MIN_DAYS else None

    def measure(self, section: str, key: str, value: float | Sequence[float], name: str, source: str) -> None:
        """`name` is the metric whose first datapoint begins the time."""
        first = self.series(name)[0][0].date().isoformat()
        last = (self.traffic.end - timedelta(seconds=1)).date().isoformat()
        self.values.append(Value(section, key, value, f"{name}{source}, {first} to {last}"))

    def keep(self, section: str, key: str, name: str, why: Note | None = None) -> None:
        why = why or self.traffic.unasked.get(name) or note("workload_no_data", metric=name)
        self.kept.append(Kept(section, key, why))


def derive(traffic: Traffic, stated: Stated) -> Measured:
    found = _Derivation(traffic, stated)
    _sockets(found)
    _requests(found)
    _files(found)
    _downloads(found)
    _fetched(found)
    _logs(found)
    found.kept += [Kept(section, key, note(code)) for section, key, code in NEVER]
    return Measured(found.values, found.kept, list(_facts(found)))


NEVER = (
    ("people", "users", "workload_kept_users"),
    ("each_user_a_day", "messages", "workload_kept_own_metrics"),
    ("habits", "recipients_per_message", "workload_kept_own_metrics"),
    ("sizes", "message_bytes", "workload_kept_sizes"),
    ("sizes", "request_bytes", "workload_kept_sizes"),
    ("sizes", "response_bytes", "workload_kept_sizes"),
    ("sizes", "database_bytes_per_event", "workload_kept_no_metric"),
    ("sizes", "image_gb", "workload_kept_no_metric"),
    ("habits", "requests_per_connection", "workload_kept_no_metric"),
    ("habits", "alarm_emails_a_month", "workload_kept_no_metric"),
)
"""Keys that no metric of CloudWatch tells, with the code of the reason."""


def _sockets(found: _Derivation) -> None:
    """
    ActiveConnectionCount has one sample a minute, and counts the connections of clients and those to tasks (ELB user
    guide): a socket is two of them.
    """
    name = "ActiveConnectionCount"
    if found.days(name) < MIN_DAYS:
        for key in ("hours", "peak_socket_share"):
            found.keep("people", key, name)
        return
    points = dict(found.series(name))
    first, end, zone = found.series(name)[0][0], found.traffic.end, found.traffic.zone
    by_hour: dict[int, list[float]] = defaultdict(list)
    at = first
    while at < end:
        by_hour[at.astimezone(zone).hour].append(points.get(at, 0.0) / 60)
        at += HOUR
    means = [sum(by_hour[hour]) / max(1, len(by_hour[hour])) for hour in range(24)]
    busiest = max(means)
    hours = [round(mean / busiest, 2) for mean in means]
    found.measure("people", "hours", hours, name, f", Sum, 1 h, by the hour of {found.traffic.zone_name}")
    share = max(points.values()) / 60 / 2 / found.stated.users
    if share > 1:
        why = note("workload_more_sockets", sockets=round(share * found.stated.users), users=found.stated.users)
        found.keep("people", "peak_socket_share", name, why)
    else:
        source = ", Sum, 1 h: half of its busiest hour, HTTP connections included"
        found.measure("people", "peak_socket_share", _rounded(share), name, source)


def _requests(found: _Derivation) -> None:
    """
    A socket begins with a request. Of new connections it is two, the client's and the one to a task; requests share
    the client's, and those to tasks are reused. So new = 2 × connects + (requests of RequestCount − connects) ÷
    requests_per_connection.
    """
    stated, name = found.stated, "RequestCount"
    requests, new = found.a_day(name), found.a_day("NewConnectionCount")
    connects = stated.connects
    if found.traffic.is_behind_cloudfront:
        found.keep("each_user_a_day", "connects", "NewConnectionCount", note("workload_kept_cloudfront"))
    elif requests is None or new is None:
        found.keep("each_user_a_day", "connects", "NewConnectionCount")
    else:
        shared = 1 / stated.requests_per_connection
        estimate = (new - requests * shared) / (2 - shared) / stated.users
        if 0 <= estimate <= requests / stated.users:
            connects = _rounded(estimate)
            source = ", Sum, 1 h: two for a socket, after one for each requests_per_connection"
            found.measure("each_user_a_day", "connects", connects, "NewConnectionCount", source)
        else:
            why = note("workload_connects_unclear", new=round(new), requests=round(requests))
            found.keep("each_user_a_day", "connects", "NewConnectionCount", why)
    if requests is None:
        found.keep("each_user_a_day", "requests", name)
        return
    of_user = max(0.0, requests / stated.users - connects)
    found.measure("each_user_a_day", "requests", _rounded(of_user), name, ", Sum, 1 h, less the connects")


def _files(found: _Derivation) -> None:
    """S3 counts a bucket once a day. Deleted files are not seen, so uploads are at least these."""
    sizes, counts = found.series("BucketSizeBytes"), found.series("NumberOfObjects")
    if not sizes:
        found.keep("sizes", "stored_mb_per_user", "BucketSizeBytes")
    else:
        stored = sizes[-1][1] / found.stated.users / MEGABYTE
        found.measure("sizes", "stored_mb_per_user", _rounded(stored), "BucketSizeBytes", ", Average, 1 day, the last")
    if not sizes or not counts or not counts[-1][1]:
        found.keep("sizes", "upload_mb", "NumberOfObjects")
    else:
        mean = sizes[-1][1] / counts[-1][1] / MEGABYTE
        source = " ÷ NumberOfObjects, Average, 1 day, the last"
        found.measure("sizes", "upload_mb", _rounded(mean), "BucketSizeBytes", source)
    days = (counts[-1][0] - counts[0][0]) / timedelta(days=1) if counts else 0.0
    if days < MIN_GROWTH_DAYS:
        found.keep("each_user_a_day", "uploads", "NumberOfObjects")
    elif (more := counts[-1][1] - counts[0][1]) < 0:
        found.keep("each_user_a_day", "uploads", "NumberOfObjects", note("workload_fewer_objects"))
    else:
        source = ", Average, 1 day: its growth, deleted files not counted"
        uploads = _rounded(more / days / found.stated.users)
        found.measure("each_user_a_day", "uploads", uploads, "NumberOfObjects", source)


def _downloads(found: _Derivation) -> None:
    """CloudFront's where downloads go through it, else S3's, which has request metrics only where they are paid for."""
    for requests, bytes_ in (("Requests", "BytesDownloaded"), ("GetRequests", "BytesDownloaded of S3")):
        count, size = found.a_day(requests), found.a_day(bytes_)
        if count is None:
            continue
        value = _rounded(count / found.stated.users)
        found.measure("each_user_a_day", "downloads", value, requests, ", Sum, 1 h")
        if count and size is not None:
            mean = _rounded(size / count / MEGABYTE)
            found.measure("sizes", "download_mb", mean, bytes_, f" ÷ {requests}, Sum, 1 h")
        else:
            found.keep("sizes", "download_mb", bytes_)
        return
    why = found.traffic.unasked.get("Requests")
    for section, key in (("each_user_a_day", "downloads"), ("sizes", "download_mb")):
        found.keep(section, key, "GetRequests", why)


def _fetched(found: _Derivation) -> None:
    a_day = found.a_day("BytesInFromDestination")
    if a_day is None:
        found.keep("habits", "fetched_gb_a_month", "BytesInFromDestination")
    else:
        month = _rounded(a_day * DAYS_PER_MONTH / GIGABYTE)
        source = " of the NAT gateways, Sum, 1 h"
        found.measure("habits", "fetched_gb_a_month", month, "BytesInFromDestination", source)


def _logs(found: _Derivation) -> None:
    """For each message, of which the file says how many there are, and each request, which was measured."""
    logged, requests = found.a_day("IncomingBytes"), found.a_day("RequestCount")
    events = (requests or 0) + found.stated.messages * found.stated.users
    if logged is None or not events:
        found.keep("sizes", "log_bytes_per_event", "IncomingBytes")
    else:
        source = " ÷ (RequestCount + messages), Sum, 1 h"
        found.measure("sizes", "log_bytes_per_event", _rounded(logged / events), "IncomingBytes", source)


def _facts(found: _Derivation) -> Iterator[Note]:
    for name in ("CPUUtilization", "MemoryUtilization"):
        if points := found.series(name):
            values = [value for _, value in points]
            mean, most = f"{sum(values) / len(values):.0f}", f"{max(values):.0f}"
            yield note("workload_fact_utilization", metric=name, mean=mean, most=most)
    free = found.series("FreeStorageSpace")
    if free and (days := (free[-1][0] - free[0][0]) / timedelta(days=1)) >= MIN_DAYS:
        yield note("workload_fact_storage", mib=f"{(free[0][1] - free[-1][1]) / days / 2**20:.0f}")
    processed = found.a_day("ProcessedBytes")
    if processed is not None:
        yield note("workload_fact_processed", gb=f"{processed * DAYS_PER_MONTH / GIGABYTE:.2f}")


def _rounded(value: float) -> float:
    """Three digits: no more is known, and a file with more is hard to read."""
    return float(f"{value:.3g}")
