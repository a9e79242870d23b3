"""Whose messages are looked for before they are stored."""

from __future__ import annotations

from glimpse.chat.outside.postgres.repeats import MAX_REMEMBERED, REMEMBERED_SECONDS, Repeaters


def test_who_repeated_something_is_remembered_for_a_while_after_the_last_time() -> None:
    time = 1000.0
    repeaters = Repeaters(lambda: time)
    assert not repeaters.has_any(["ada", "bob"])
    repeaters.add(["ada", "bob"])
    time += REMEMBERED_SECONDS / 2
    repeaters.add(["ada"])
    assert repeaters.has_any(["cy", "bob"])
    assert not repeaters.has_any(["cy"])
    time += REMEMBERED_SECONDS / 2
    assert not repeaters.has_any(["bob"])
    assert repeaters.has_any(["ada"])
    time += REMEMBERED_SECONDS / 2
    assert not repeaters.has_any(["ada", "bob"])


def test_of_too_many_those_remembered_longest_are_forgotten() -> None:
    repeaters = Repeaters(lambda: 0.0)
    repeaters.add(map(str, range(MAX_REMEMBERED)))
    repeaters.add(["0", "one more"])
    assert not repeaters.has_any(["1"])
    assert all(repeaters.has_any([each]) for each in ("0", "2", "one more"))
