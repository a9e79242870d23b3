"""Which promises of a drill were kept: each with the measured value and its bound."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from glimpse.operations.drills.figures import Close, Figures, attempts, first_acknowledgement, spread
from glimpse.operations.drills.notes import Note
from glimpse.operations.timings import Timings

RECONNECT_SECONDS = 5.0
"""From its own close, or from the end of its task's drain, until a client is connected again."""

EVENT_SECONDS = 2.5
"""The chat promises 2 s while the bus is unhealthy. The rest is for clients that run late on a busy machine."""

ACKNOWLEDGED_SECONDS = 20.0
"""
From the first attempt to send a message until its acknowledgement. A client that gets no answer sends it again after
10 s, and one that lost its connection is back within RECONNECT_SECONDS. The rest is for a busy machine.
"""

ACKNOWLEDGED_AGAIN_SECONDS = 5.0
"""From the moment when the database answers again until the first message is acknowledged."""

SLOWER_FACTOR, SLOWER_FLOOR_SECONDS = 5.0, 0.5
"""
While others read too slowly, the p99 of acknowledgements may be so many times that of before, or so many seconds where
that is more: the p99 of some hundred messages is a matter of a few of them.
"""

COUNT, SECONDS = "count", "seconds"


class Promise(Struct, frozen=True):
    """
    `code` is a sentence of `words/LANGUAGE/drill.ftl`. `measured` and `bound` are in `unit`: seconds, or a count;
    `measured` is None where there was nothing to measure it by. `examples`: of what broke it.
    """

    code: str
    is_kept: bool
    measured: float | None
    bound: float
    unit: str
    examples: Sequence[str] = ()


class DrillObservations(Struct, frozen=True):
    """
    Everything that promises are judged by. Times are in seconds since 1970. `can_serve_meanwhile`: another task served
    while one was away. `terminated`: when tasks got SIGTERM. `upload_seconds`: how long the upload took that was under
    way, None where it did not complete.
    """

    figures: Figures
    notes: Sequence[Note]
    timings: Timings
    taken_at: float
    recovered_at: float | None
    can_serve_meanwhile: bool = True
    terminated: Sequence[float] = ()
    upload_seconds: float | None = None
    slow_readers: int = 0
    slow_readers_disconnected: int = 0


Judge = Callable[[DrillObservations], Promise]


def nothing_lost(observed: DrillObservations) -> Promise:
    """Where a client could not fetch anew, and no other shows its messages, nothing shows that this was kept."""
    lost, not_fetched = observed.figures.lost, observed.figures.not_fetched
    if not_fetched and not lost:
        return Promise("drill_promise_nothing_lost", False, None, 0.0, COUNT, not_fetched[:5])
    return _none("drill_promise_nothing_lost", lost)


def nothing_twice(observed: DrillObservations) -> Promise:
    return _none("drill_promise_nothing_twice", observed.figures.duplicates)


def no_gap(observed: DrillObservations) -> Promise:
    return _none("drill_promise_no_gap", observed.figures.gaps)


def same_as_fetched(observed: DrillObservations) -> Promise:
    return _none("drill_promise_same_as_fetched", [*observed.figures.differences, *observed.figures.not_fetched])


def all_acknowledged(observed: DrillObservations) -> Promise:
    """A drill without a single message shows nothing."""
    broken = [*observed.figures.unanswered, *observed.figures.refused]
    promise = _none("drill_promise_all_acknowledged", broken)
    is_kept = promise.is_kept and observed.figures.acknowledged > 0
    return Promise(promise.code, is_kept, promise.measured, promise.bound, promise.unit, promise.examples)


def acknowledged_in_time(observed: DrillObservations) -> Promise:
    """Where no task served, an attempt counts from when one serves again. `all_acknowledged` has the unanswered."""
    waits = [max(0.0, answered - _when_served(observed, began)) for began, answered in attempts(observed.notes)]
    return _within("drill_promise_acknowledged_in_time", max(waits, default=None), ACKNOWLEDGED_SECONDS)


def everyone_back(observed: DrillObservations) -> Promise:
    return _none("drill_promise_everyone_back", observed.figures.not_back)


def recovered(observed: DrillObservations) -> Promise:
    """Judged only by whether it happened: how long a start takes is AWS's."""
    is_kept = observed.recovered_at is not None
    return Promise("drill_promise_recovered", is_kept, 0.0 if is_kept else 1.0, 0.0, COUNT)


def back_after_close(observed: DrillObservations) -> Promise:
    return _all_within("drill_promise_back_after_close", RECONNECT_SECONDS, _away(observed, lambda close: close.at))


def back_after_sigterm(observed: DrillObservations) -> Promise:
    bound = observed.timings.drain + RECONNECT_SECONDS

    def terminated_at(close: Close) -> float:
        # A connection may end a moment before the supervisor has noted its signal, which then does not explain it.
        return max((at for at in observed.terminated if at <= close.at), default=close.at)

    return _all_within("drill_promise_back_after_sigterm", bound, _away(observed, terminated_at))


def events_in_time(observed: DrillObservations) -> Promise:
    return _within("drill_promise_events_in_time", observed.figures.latest_event, EVENT_SECONDS)


def nobody_disconnected(observed: DrillObservations) -> Promise:
    closes = [close for close in observed.figures.closes if close.at >= observed.taken_at]
    return _none("drill_promise_nobody_disconnected", [f"{close.client} ({close.reason})" for close in closes])


def acknowledged_again(observed: DrillObservations) -> Promise:
    since = observed.recovered_at
    seconds = None if since is None else first_acknowledgement(observed.notes, since)
    return _within("drill_promise_acknowledged_again", seconds, ACKNOWLEDGED_AGAIN_SECONDS)


def messages_go_on(observed: DrillObservations) -> Promise:
    return _within("drill_promise_messages_go_on", observed.figures.without_service, EVENT_SECONDS)


def upload_completes(observed: DrillObservations) -> Promise:
    is_kept = observed.upload_seconds is not None
    return Promise("drill_promise_upload_completes", is_kept, 0.0 if is_kept else 1.0, 0.0, COUNT)


def slow_readers_disconnected(observed: DrillObservations) -> Promise:
    left = observed.slow_readers - observed.slow_readers_disconnected
    return Promise("drill_promise_slow_readers_disconnected", left <= 0 < observed.slow_readers, left, 0.0, COUNT)


def others_not_slower(observed: DrillObservations) -> Promise:
    until = observed.recovered_at or observed.taken_at
    waits = attempts(observed.notes)
    before = spread([answered - began for began, answered in waits if began < observed.taken_at])
    during = spread([answered - began for began, answered in waits if observed.taken_at <= began < until])
    bound = max(SLOWER_FLOOR_SECONDS, SLOWER_FACTOR * before.p99) if before else SLOWER_FLOOR_SECONDS
    return _within("drill_promise_others_not_slower", during.p99 if during else None, bound)


EVERY_DRILL: Sequence[Judge] = (
    nothing_lost, nothing_twice, no_gap, same_as_fetched, all_acknowledged, everyone_back, recovered,
)  # fmt: skip

WITH_A_DATABASE: Sequence[Judge] = (*EVERY_DRILL, acknowledged_in_time)
"""Of the drills that leave the database alone. Without it nothing is acknowledged, for as long as it is away."""


def _away(observed: DrillObservations, since: Callable[[Close], float]) -> Iterator[tuple[str, float | None]]:
    """
    For each close after the part was taken away: the client, and how long it was away, counted from when somebody could
    serve it. None for who did not come back.
    """
    for close in observed.figures.closes:
        if close.at < observed.taken_at:
            continue
        begin = _when_served(observed, since(close))
        yield close.client, None if close.back_at is None else max(0.0, close.back_at - begin)


def _when_served(observed: DrillObservations, at: float) -> float:
    """`at`, or where no task served meanwhile, the moment when one served again."""
    if observed.can_serve_meanwhile or observed.recovered_at is None:
        return at
    return max(at, observed.recovered_at)


def _all_within(code: str, bound: float, each: Iterator[tuple[str, float | None]]) -> Promise:
    """Kept where nobody lost a connection, too: then there was nothing to wait for."""
    seconds = list(each)
    late = [client for client, away in seconds if away is None or away > bound]
    known = [away for _, away in seconds if away is not None]
    return Promise(code, not late, max(known, default=None if late else 0.0), bound, SECONDS, late)


def _within(code: str, measured: float | None, bound: float) -> Promise:
    return Promise(code, measured is not None and measured <= bound, measured, bound, SECONDS)


def _none(code: str, broken: Sequence[str]) -> Promise:
    return Promise(code, not broken, float(len(broken)), 0.0, COUNT, broken[:5])
