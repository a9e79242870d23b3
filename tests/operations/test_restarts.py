"""When a part that died is started again."""

from __future__ import annotations

from glimpse.operations.local.restarts import MAX_PAUSE_SECONDS, STABLE_SECONDS, RestartPolicy


def test_a_part_that_dies_for_the_first_time_is_started_again_at_once() -> None:
    policy = RestartPolicy()
    assert policy.pause(ran_seconds=3.0) == 0.0
    assert not policy.keeps_dying


def test_while_a_part_keeps_dying_the_pauses_double_up_to_half_a_minute() -> None:
    policy = RestartPolicy()
    assert [policy.pause(0.5) for _ in range(8)] == [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert policy.keeps_dying


def test_a_part_that_dies_for_weeks_waits_no_longer() -> None:
    policy = RestartPolicy()
    assert max(policy.pause(0.0) for _ in range(100_000)) == MAX_PAUSE_SECONDS


def test_a_part_that_ran_for_a_minute_begins_anew() -> None:
    policy = RestartPolicy()
    for _ in range(5):
        policy.pause(0.0)
    assert policy.pause(STABLE_SECONDS) == 0.0
    assert not policy.keeps_dying
    assert policy.pause(STABLE_SECONDS - 1) == 1.0
