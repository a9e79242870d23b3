"""Which tasks are alive and what was lost, by the numbers and times of their batches; with handed-in time."""

from __future__ import annotations

from glimpse.chat.relay.heartbeats import (
    FORGET_TASK_SECONDS,
    HEARTBEAT_SECONDS,
    LEASE_SECONDS,
    MAX_FORGOTTEN,
    SILENCE_SECONDS,
    Heartbeats,
)


class Listening:
    """The heartbeats of a task that hears itself, and the numbers of its batches."""

    def __init__(self) -> None:
        self.now = 0.0
        self.heartbeats = Heartbeats("me", self.now)
        self.number = 0
        self.lapsed: list[str] = []

    def hear(self, task_id: str, number: int) -> float | None:
        return self.heartbeats.on_batch(task_id, number, self.now).missed_since

    def go_on(self, seconds: float) -> None:
        """Let time pass, with this task's own heartbeats."""
        end = self.now + seconds
        while self.now < end:
            self.now += HEARTBEAT_SECONDS
            self.number += 1
            self.hear("me", self.number)
            self.lapsed += self.heartbeats.tick(self.now).lapsed


def test_a_number_that_is_missing_is_noticed_with_the_time_since_when_and_one_that_comes_twice_is_not() -> None:
    heartbeats = Heartbeats("me", 0.0)
    missed = [heartbeats.on_batch("one", number, float(number)).missed_since for number in (1, 2, 2, 3, 5, 6)]
    assert missed == [None, None, None, None, 3.0, None]
    assert heartbeats.on_batch("other", 100, 7.0).missed_since == 0.0, "it sent something before, and nobody knows when"
    assert heartbeats.on_batch("third", 100, FORGET_TASK_SECONDS * 3).missed_since == FORGET_TASK_SECONDS * 2


def test_a_batch_is_late_that_comes_after_a_later_one_or_twice() -> None:
    heartbeats = Heartbeats("me", 0.0)
    heard = [heartbeats.on_batch("one", number, 0.0) for number in (1, 3, 2, 3, 4)]
    assert [each.is_late for each in heard] == [False, False, True, True, False]
    assert [each.is_first for each in heard] == [True, False, False, False, False]


def test_a_heartbeat_is_sent_twice_a_second() -> None:
    heartbeats = Heartbeats("me", 0.0)
    sent = [step / 40 for step in range(80) if heartbeats.tick(step / 40).send]
    assert sent == [0.0, 0.5, 1.0, 1.5]


def test_a_task_that_is_not_heard_is_silent_since_it_was_and_so_is_this_one() -> None:
    heartbeats = Heartbeats("me", 0.0)
    heartbeats.on_batch("one", 1, 0.0)
    assert heartbeats.tick(SILENCE_SECONDS).silent_since is None
    heartbeats.on_batch("one", 2, SILENCE_SECONDS)
    assert heartbeats.tick(SILENCE_SECONDS + 0.1).silent_since == 0.0, "me"
    assert heartbeats.age(3.0) == 3.0
    heartbeats.on_batch("me", 1, FORGET_TASK_SECONDS * 2)
    assert heartbeats.tick(FORGET_TASK_SECONDS * 2).silent_since == SILENCE_SECONDS, "one"
    assert heartbeats.tick(FORGET_TASK_SECONDS * 2).silent_since is None, "one has ended"
    assert heartbeats.tick(FORGET_TASK_SECONDS * 4).silent_since == FORGET_TASK_SECONDS * 2, "me"


def test_a_task_that_said_that_it_ends_is_not_silent() -> None:
    heartbeats = Heartbeats("me", 0.0)
    heartbeats.on_batch("one", 1, 0.0)
    heartbeats.left("one")
    heartbeats.on_batch("me", 1, SILENCE_SECONDS)
    assert heartbeats.tick(SILENCE_SECONDS * 1.5).silent_since is None


def test_a_task_that_is_not_heard_has_lapsed_after_its_lease_and_is_named_once_until_it_is_heard_again() -> None:
    listening = Listening()
    listening.hear("one", 1)
    listening.go_on(LEASE_SECONDS)
    assert listening.lapsed == []
    listening.go_on(LEASE_SECONDS)
    assert listening.lapsed == ["one"]
    listening.hear("one", 2)
    listening.go_on(LEASE_SECONDS * 2)
    assert listening.lapsed == ["one", "one"]


def test_a_task_that_does_not_hear_itself_calls_no_other_lapsed_until_it_has_listened_for_a_while() -> None:
    listening = Listening()
    listening.hear("one", 1)
    listening.now = LEASE_SECONDS * 3
    assert listening.heartbeats.tick(listening.now).lapsed == ()
    listening.go_on(LEASE_SECONDS)
    assert listening.lapsed == []
    listening.go_on(HEARTBEAT_SECONDS)
    assert listening.lapsed == ["one"]


def test_a_task_that_is_silent_for_a_minute_has_ended_but_its_last_number_is_remembered() -> None:
    listening = Listening()
    listening.hear("one", 7)
    listening.go_on(FORGET_TASK_SECONDS)
    assert listening.heartbeats.tick(listening.now).silent_since == 0.0
    listening.go_on(HEARTBEAT_SECONDS)
    assert listening.heartbeats.tick(listening.now).silent_since is None
    heard = listening.heartbeats.on_batch("one", 8, listening.now)
    assert (heard.is_first, heard.missed_since) == (True, None)


def test_of_ended_tasks_only_so_many_are_remembered() -> None:
    listening = Listening()
    for number in range(MAX_FORGOTTEN + 1):
        listening.hear(f"task {number:03d}", 1)
    listening.go_on(FORGET_TASK_SECONDS + HEARTBEAT_SECONDS)
    assert listening.hear("task 000", 2) is not None, "the first is forgotten: it may have sent a batch before"
    assert listening.hear("task 001", 2) is None


def test_this_task_never_forgets_itself() -> None:
    listening = Listening()
    listening.go_on(LEASE_SECONDS * 2)
    heard_at = listening.now
    for _ in range(2):
        listening.now += FORGET_TASK_SECONDS * 2
        listening.heartbeats.tick(listening.now)
    assert listening.heartbeats.age(listening.now) == listening.now - heard_at
    assert listening.heartbeats.tick(listening.now).silent_since == heard_at
