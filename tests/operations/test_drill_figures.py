"""Drills: what clients noted becomes figures and promises, and each promise can break."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from glimpse.operations.drills import promises
from glimpse.operations.drills.drills import DRILLS, task_to_take
from glimpse.operations.drills.figures import Figures, figures
from glimpse.operations.drills.notes import (
    Acknowledged,
    Connected,
    ConnectionRefused,
    Disconnected,
    Draining,
    Failed,
    Fetched,
    Heard,
    Left,
    Note,
    Sent,
    Synced,
)
from glimpse.operations.drills.promises import DrillObservations, Judge, Promise
from glimpse.operations.state import FARGATE, FARGATE_SPOT, RUNNING, TaskState
from glimpse.operations.timings import timings

MEMBERS = ["ann", "ben"]
TAKEN_AT, ENDED = 10.0, 20.0


def entry(seq: int, client_id: str = "", body: str = "", sender: str = "ann") -> Mapping[str, Any]:
    return {
        "type": "message", "conversationId": "c", "seq": seq, "id": f"id-{seq}", "senderId": sender,
        "clientId": client_id or f"{sender}-{seq}", "body": body or f"text {seq}",
    }  # fmt: skip


def answer(*seqs: int, more: Sequence[Mapping[str, Any]] = ()) -> Mapping[str, Any]:
    conversations = [{"id": "c", "memberIds": MEMBERS, "reads": {}, "lastSeq": 0}]
    return {"conversations": conversations, "messages": [*(entry(seq) for seq in seqs), *more], "more": False}


def message(at: float, seq: int) -> list[Note]:
    """Ann sends a message, both hear it, and she gets her acknowledgement."""
    return [
        Sent(at, "ann", "c", f"ann-{seq}"),
        Heard(at + 0.1, "ann", "message", entry(seq)),
        Heard(at + 0.2, "ben", "message", entry(seq)),
        Acknowledged(at + 0.3, "ann", "c", f"ann-{seq}", f"id-{seq}", seq),
    ]


def quiet_drill() -> list[Note]:
    """Three messages, one of which ben only got by sync, because his connection was cut; and everything in order."""
    return [
        Connected(0.0, "ann", "websocket"),
        Connected(0.0, "ben", "polling"),
        Synced(0.1, "ann", answer()),
        Synced(0.1, "ben", answer()),
        *message(1.0, 1),
        Disconnected(11.0, "ben", "transport error"),
        Sent(11.1, "ann", "c", "ann-2"),
        Heard(11.2, "ann", "message", entry(2)),
        Acknowledged(11.3, "ann", "c", "ann-2", "id-2", 2),
        ConnectionRefused(12.0, "ben"),
        Connected(13.0, "ben", "polling"),
        Synced(13.1, "ben", answer(2)),
        *message(14.0, 3),
        Left(21.0, "ann"),
        Left(21.0, "ben"),
        Fetched(22.0, "ann", answer(1, 2, 3)),
        Fetched(22.0, "ben", answer(1, 2, 3)),
    ]


def seen(notes: Sequence[Note]) -> Figures:
    return figures(sorted(notes, key=lambda note: note.at), 0.5, ENDED)


def observed(notes: Sequence[Note], **values: Any) -> DrillObservations:
    ordered = sorted(notes, key=lambda note: note.at)
    given = DrillObservations(
        figures=seen(ordered),
        notes=ordered,
        timings=timings(5.0, 120.0, 25.0, 30.0),
        taken_at=TAKEN_AT,
        recovered_at=15.0,
        terminated=[TAKEN_AT],
        upload_seconds=4.0,
        slow_readers=3,
        slow_readers_disconnected=3,
    )
    return replace(given, **values)


def without(notes: Sequence[Note], is_dropped: Callable[[Note], bool]) -> list[Note]:
    return [note for note in notes if not is_dropped(note)]


def test_figures_of_a_drill_in_which_nothing_went_wrong() -> None:
    found = seen(quiet_drill())
    assert (found.clients, found.sent, found.acknowledged, found.heard) == (2, 3, 3, 5)
    broken = [
        found.lost, found.duplicates, found.gaps, found.differences, found.unanswered, found.refused,
        found.not_fetched, found.not_back,
    ]  # fmt: skip
    assert broken == [[]] * len(broken)
    [close] = found.closes
    assert (close.client, close.at, close.back_at, close.was_told) == ("ben", 11.0, 13.0, False)
    assert found.back_after_close
    assert found.back_after_close.max == 2.0
    assert found.everyone_back(TAKEN_AT) == 3.0
    assert found.connections_refused == 1
    assert found.without_service == pytest.approx(11.3 - 1.3)
    assert found.acknowledgement
    assert found.acknowledgement.max == pytest.approx(0.3)
    assert found.latest_event == pytest.approx(0.1)
    assert sum(found.acknowledged_each_second) == 3


def test_every_promise_of_every_drill_is_kept_where_nothing_goes_wrong() -> None:
    # Whatever this drill does, its connection was lost, and messages paused while only one person talked.
    calm = without(quiet_drill(), lambda note: isinstance(note, Disconnected | ConnectionRefused))
    calm = without(calm, lambda note: isinstance(note, Connected) and note.at == 13.0)
    steady = [note for at in range(1, 20) for note in message(float(at), at)]
    notes = [
        *without(calm, lambda note: isinstance(note, Sent | Acknowledged | Heard | Synced | Fetched)),
        *steady,
        Synced(0.1, "ann", answer()),
        Synced(0.1, "ben", answer()),
        Fetched(22.0, "ann", answer(*range(1, 20))),
        Fetched(22.0, "ben", answer(*range(1, 20))),
    ]
    for name, kind in DRILLS.items():
        judged = [judge(observed(notes)) for judge in kind.judges]
        assert [promise.code for promise in judged if not promise.is_kept] == [], name


def drop_fetched(seq: int, client: str | None = None) -> list[Note]:
    left = [number for number in (1, 2, 3) if number != seq]
    return [
        Fetched(note.at, note.client, answer(*left))
        if isinstance(note, Fetched) and client in (None, note.client)
        else note
        for note in quiet_drill()
    ]


BREAKS: Mapping[str, tuple[Judge, Callable[[], DrillObservations]]] = {
    "an acknowledged message that nobody can fetch": (promises.nothing_lost, lambda: observed(drop_fetched(3))),
    "another message under its number": (
        promises.nothing_lost,
        lambda: observed([
            Acknowledged(note.at, note.client, "c", note.client_id, "another-id", note.seq)
            if isinstance(note, Acknowledged) and note.seq == 2
            else note
            for note in quiet_drill()
        ]),
    ),
    "nobody who could fetch anew": (
        promises.nothing_lost,
        lambda: observed(without(quiet_drill(), lambda note: isinstance(note, Fetched))),
    ),
    "a message that is stored twice": (
        promises.nothing_twice,
        lambda: observed([*quiet_drill(), Fetched(23.0, "ann", answer(more=[entry(4, "ann-3")]))]),
    ),
    "a message that is acknowledged under two numbers": (
        promises.nothing_twice,
        lambda: observed([*quiet_drill(), Acknowledged(16.0, "ann", "c", "ann-3", "id-4", 4)]),
    ),
    "an event that comes twice on one connection": (
        promises.nothing_twice,
        lambda: observed([*quiet_drill(), Heard(16.0, "ben", "message", entry(3))]),
    ),
    "a message that comes under two numbers": (
        promises.nothing_twice,
        lambda: observed([*quiet_drill(), Heard(16.0, "ben", "message", entry(4, "ann-3"))]),
    ),
    "a number that is missing in what was fetched": (promises.no_gap, lambda: observed(drop_fetched(2))),
    "an event that was skipped": (
        promises.no_gap,
        lambda: observed([*quiet_drill(), Heard(16.0, "ben", "message", entry(5))]),
    ),
    "a message that a member never got": (
        promises.no_gap,
        lambda: observed(
            without(quiet_drill(), lambda note: isinstance(note, Synced) and note.at == 13.1)
        ),
    ),
    "a text that is another one when it is fetched": (
        promises.same_as_fetched,
        lambda: observed([*quiet_drill(), Fetched(23.0, "ben", answer(more=[entry(3, body="other")]))]),
    ),
    "a message that was heard and is not there": (promises.same_as_fetched, lambda: observed(drop_fetched(3, "ben"))),
    "a client who could not fetch anew": (
        promises.same_as_fetched,
        lambda: observed(without(quiet_drill(), lambda note: isinstance(note, Fetched) and note.client == "ann")),
    ),
    "a message without an answer": (
        promises.all_acknowledged,
        lambda: observed([*quiet_drill(), Sent(16.0, "ann", "c", "ann-9")]),
    ),
    "a message that was refused for good": (
        promises.all_acknowledged,
        lambda: observed([*quiet_drill(), Sent(16.0, "ann", "c", "x"), Failed(16.1, "ann", "c", "x", "forbidden")]),
    ),
    "a message that waited for too long": (
        promises.acknowledged_in_time,
        lambda: observed([
            *quiet_drill(), Sent(2.0, "ben", "c", "ben-1"), Acknowledged(22.1, "ben", "c", "ben-1", "id-9", 9),
        ]),
    ),
    "no message at all": (promises.all_acknowledged, lambda: observed([Connected(0.0, "ann", "websocket")])),
    "a client that never came back": (
        promises.everyone_back,
        lambda: observed([*quiet_drill(), Disconnected(17.0, "ben", "transport error")]),
    ),
    "a client that never connected": (
        promises.everyone_back,
        lambda: observed([*quiet_drill(), ConnectionRefused(0.0, "cho")]),
    ),
    "a stack that did not recover": (promises.recovered, lambda: observed(quiet_drill(), recovered_at=None)),
    "a client that was away for too long": (
        promises.back_after_close,
        lambda: observed([
            *quiet_drill(),
            Disconnected(14.5, "ann", "transport error"),
            Connected(19.6, "ann", "websocket"),
        ]),
    ),
    "a client that was back too late after SIGTERM": (
        promises.back_after_sigterm,
        lambda: observed([
            *quiet_drill(),
            Disconnected(18.0, "ann", "transport error"),
            Connected(20.1, "ann", "websocket"),
        ]),
    ),
    "an event that came too late": (
        promises.events_in_time,
        lambda: observed([*quiet_drill(), Heard(16.0, "ann", "message", entry(4)), Heard(18.6, "ben", "message", entry(4))]),
    ),
    "a client that was disconnected": (promises.nobody_disconnected, lambda: observed(quiet_drill())),
    "no acknowledgement after the recovery": (
        promises.acknowledged_again,
        lambda: observed(quiet_drill(), recovered_at=14.4),
    ),
    "no acknowledgement for a while": (promises.messages_go_on, lambda: observed(quiet_drill())),
    "an upload that did not complete": (
        promises.upload_completes,
        lambda: observed(quiet_drill(), upload_seconds=None),
    ),
    "a slow reader that stayed": (
        promises.slow_readers_disconnected,
        lambda: observed(quiet_drill(), slow_readers_disconnected=2),
    ),
    "acknowledgements that became slow": (
        promises.others_not_slower,
        lambda: observed([
            *quiet_drill(),
            Sent(11.5, "ben", "c", "ben-1"),
            Acknowledged(13.1, "ben", "c", "ben-1", "id-9", 9),
        ]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BREAKS)
def test_a_promise_is_broken_by(what: str) -> None:
    judge, notes = BREAKS[what]
    assert not judge(notes()).is_kept


def test_each_promise_of_each_drill_can_break() -> None:
    judges = {judge for kind in DRILLS.values() for judge in kind.judges}
    assert judges == {judge for judge, _ in BREAKS.values()}


def test_a_broken_promise_names_what_broke_it() -> None:
    assert promises.nothing_lost(observed(drop_fetched(3))) == Promise(
        "drill_promise_nothing_lost", False, 1.0, 0.0, "count", ["c/3"]
    )


def test_who_was_told_to_go_counts_as_told() -> None:
    notes = [
        *quiet_drill(),
        Draining(14.5, "ann", 0.5),
        Disconnected(15.0, "ann", "draining"),
        Connected(15.1, "ann", "websocket"),
    ]
    assert [close.was_told for close in seen(notes).closes] == [False, True]


def test_where_nobody_can_fetch_anew_no_message_is_called_lost() -> None:
    notes = [note for note in quiet_drill() if not isinstance(note, Fetched)]
    promise = promises.nothing_lost(observed(notes))
    assert not seen(notes).lost
    assert (promise.is_kept, promise.measured, promise.examples) == (False, None, ["ann"])


def test_a_client_that_left_by_itself_has_lost_nothing() -> None:
    assert [close.client for close in seen([*quiet_drill(), Left(21.5, "ben")]).closes] == ["ben"]


def test_with_one_task_a_client_is_late_only_once_the_replacement_serves() -> None:
    notes = [*quiet_drill(), Disconnected(14.5, "ann", "transport error"), Connected(19.6, "ann", "websocket")]
    assert promises.back_after_close(observed(notes, recovered_at=16.0, can_serve_meanwhile=False)).is_kept
    assert not promises.back_after_close(observed(notes, recovered_at=16.0)).is_kept


def test_with_one_task_a_message_waits_only_from_when_the_replacement_serves() -> None:
    notes = [*quiet_drill(), Sent(2.0, "ben", "c", "ben-1"), Acknowledged(22.1, "ben", "c", "ben-1", "id-9", 9)]
    alone = promises.acknowledged_in_time(observed(notes, recovered_at=16.0, can_serve_meanwhile=False))
    assert (alone.is_kept, alone.measured) == (True, pytest.approx(6.1))


def test_a_message_that_waits_for_the_one_before_it_is_not_late() -> None:
    # Ben writes both at 2.0 and 2.5; the second is sent when the first is acknowledged, on a machine that is slow.
    notes = [
        *quiet_drill(),
        Sent(2.0, "ben", "c", "ben-1"), Acknowledged(18.0, "ben", "c", "ben-1", "id-8", 8),
        Sent(2.5, "ben", "c", "ben-2"), Acknowledged(30.0, "ben", "c", "ben-2", "id-9", 9),
    ]  # fmt: skip
    promise = promises.acknowledged_in_time(observed(notes))
    assert (promise.is_kept, promise.measured) == (True, 16.0)


def test_an_event_is_late_only_for_who_was_connected() -> None:
    notes = [*quiet_drill(), Heard(12.9, "ann", "message", entry(4)), Heard(18.0, "ben", "message", entry(4))]
    assert seen(notes).latest_event == pytest.approx(0.1)


def test_spot_takes_a_task_on_spot_where_there_is_one() -> None:
    tasks = [
        TaskState(f"task-{number}", f"server{number}", provider, RUNNING, 0.0, 1, is_registered=is_registered)
        for number, (provider, is_registered) in enumerate(
            [(FARGATE, True), (FARGATE_SPOT, False), (FARGATE_SPOT, True), (FARGATE, True)]
        )
    ]
    draws = [0.0, 0.5, 0.999]
    assert {getattr(task_to_take("spot", tasks, draw), "name", None) for draw in draws} == {"task-2"}
    assert [getattr(task_to_take("crash", tasks, draw), "name", None) for draw in draws] == [
        "task-0",
        "task-2",
        "task-3",
    ]
    assert task_to_take("spot", [tasks[0]], 0.5) == tasks[0]
    assert task_to_take("spot", [tasks[1]], 0.5) is None
