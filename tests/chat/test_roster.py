"""Snapshots of who is on which task: when they are sent, asked for and complete; with handed-in time."""

from __future__ import annotations

from glimpse.chat.relay.bus import PresenceSnapshot
from glimpse.chat.relay.roster import (
    MIN_SNAPSHOT_SECONDS,
    REQUEST_AGAIN_SECONDS,
    SNAPSHOT_SECONDS,
    Roster,
    RosterActions,
)

NOTHING_DUE = RosterActions(send_snapshot=False, request_from=[])


def started(now: float) -> Roster:
    """A roster whose task has sent its first snapshot."""
    roster = Roster()
    assert roster.tick(now) == RosterActions(send_snapshot=True, request_from=[])
    return roster


def test_a_task_sends_its_snapshot_at_the_start_and_from_time_to_time() -> None:
    roster = started(100.0)
    assert roster.tick(100.0 + SNAPSHOT_SECONDS - 0.1) == NOTHING_DUE
    assert roster.tick(100.0 + SNAPSHOT_SECONDS).send_snapshot


def test_a_task_that_is_asked_sends_its_snapshot_at_once_but_not_twice_within_a_second() -> None:
    roster = started(100.0)
    roster.snapshot_requested()
    assert roster.tick(100.0 + MIN_SNAPSHOT_SECONDS / 2) == NOTHING_DUE
    assert roster.tick(100.0 + MIN_SNAPSHOT_SECONDS).send_snapshot
    roster.snapshot_requested()
    assert roster.tick(110.0).send_snapshot


def test_a_snapshot_that_is_missing_is_asked_for_until_it_is_there() -> None:
    roster = started(100.0)
    roster.snapshot_missing("one", 101.0)
    roster.snapshot_missing("one", 101.5)
    assert roster.tick(101.0).request_from == ["one"]
    assert roster.tick(101.0 + REQUEST_AGAIN_SECONDS - 0.1) == NOTHING_DUE
    assert roster.tick(101.0 + REQUEST_AGAIN_SECONDS).request_from == ["one"]
    assert roster.add("one", PresenceSnapshot(("ada",), 0, 1, 1)) == ["ada"]
    assert roster.tick(101.0 + REQUEST_AGAIN_SECONDS * 3) == NOTHING_DUE


def test_a_task_that_left_is_not_asked() -> None:
    roster = started(100.0)
    roster.snapshot_missing("one", 101.0)
    roster.left("one")
    assert roster.tick(102.0) == NOTHING_DUE


def test_a_snapshot_is_complete_with_its_last_part_in_whichever_order_they_come() -> None:
    roster = Roster()
    parts = [PresenceSnapshot((f"user {part}",), part, 3, 1) for part in range(3)]
    assert roster.add("one", parts[2]) is None
    assert roster.add("one", parts[0]) is None
    assert roster.add("one", parts[0]) is None, "the same part twice"
    assert roster.add("other", parts[1]) is None, "a part of another task's"
    everybody = roster.add("one", parts[1])
    assert everybody is not None
    assert sorted(everybody) == ["user 0", "user 1", "user 2"]


def test_parts_of_two_snapshots_are_not_mixed() -> None:
    roster = Roster()
    assert roster.add("one", PresenceSnapshot(("ada",), 0, 2, 1)) is None
    assert roster.add("one", PresenceSnapshot(("bob",), 1, 2, 2)) is None
    assert roster.add("one", PresenceSnapshot(("cy",), 0, 2, 2)) == ["bob", "cy"]
