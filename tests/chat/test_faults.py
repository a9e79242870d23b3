"""Two real tasks behind a real balancer, people on the real client, and parts that fail; `benchmarks/faults` runs more."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.faults.checker import Bounds, DatabaseState, EntryRow, Note, violations
from benchmarks.faults.cluster import Database, running_database
from benchmarks.faults.faults import SHORT_FAULTS
from benchmarks.faults.measure import faults_of_round
from benchmarks.faults.round import run_round

ROUNDS = 10

TIME_FACTOR = 4.0
"""How late everything may be: a slow machine breaks no promise. The benchmark judges with 1."""


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """A database for these tests alone: faults kill it."""
    if not (shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")):
        pytest.skip("haproxy is not here: install the package haproxy to put a balancer before two tasks")
    with running_database() as database:
        yield database


@pytest.fixture(autouse=True)
def runner() -> None:
    """Replaces the event loop of the other tests: each round runs its own."""


@pytest.mark.parametrize("number", range(ROUNDS))
def test_whatever_fails_every_promise_is_kept(
    tmp_path: Path, node_clients: Path, database: Database, number: int
) -> None:
    faults = faults_of_round("suite", number, list(SHORT_FAULTS), 2)
    result = asyncio.run(
        run_round(tmp_path, node_clients, database, f"suite-{number}", faults, time_factor=TIME_FACTOR)
    )
    assert not result.broken, f"{' and '.join(faults)}, {result.bus}; seen in {tmp_path}:\n" + "\n".join(result.broken)
    assert result.messages > 0, "nobody said anything"


@pytest.mark.parametrize(
    ("bug", "fault", "found"),
    [
        ("not_durable", "database_killed", "was acknowledged as .* and is lost"),
        ("leaves_gaps", "bus_deaf", "never got an answer"),
        ("out_of_order", "bus_slow", r"heard \d+ after \d+"),
    ],
)
def test_a_planted_bug_is_found(
    tmp_path: Path, node_clients: Path, database: Database, bug: str, fault: str, found: str
) -> None:
    command = [sys.executable, "-m", "benchmarks.faults.planted", bug]
    result = asyncio.run(run_round(tmp_path, node_clients, database, f"planted-{bug}", [fault], command))
    assert any(re.search(found, sentence) for sentence in result.broken), result.broken[:5]


# ---- The checker


ADA, ROOM = "ada", "room"
MESSAGE = {
    "id": "i1", "seq": 1, "conversationId": ROOM, "senderId": ADA, "clientId": "c1", "body": "hello",
}  # fmt: skip
ROW = EntryRow(ROOM, 1, "i1", "message", ADA, "c1", "hello", None)
FRESH = {
    "conversations": [{"id": ROOM, "memberIds": [ADA], "lastSeq": 1, "reads": {ADA: 0}}],
    "messages": [{**MESSAGE, "type": "message"}],
    "gone": [],
}
EMPTY = {
    "conversations": [{"id": ROOM, "memberIds": [ADA], "lastSeq": 0, "reads": {ADA: 0}}],
    "messages": [],
    "gone": [],
}


def note(at: float, what: str, **more: object) -> Note:
    return {"p": ADA, "s": 0, "at": at, "what": what, **more}


GOOD = [
    note(0, "connect"),
    note(10, "synced", answer=EMPTY),
    note(20, "sent", conversationId=ROOM, clientId="c1"),
    note(30, "heard", name="message", data=MESSAGE),
    note(40, "acknowledged", conversationId=ROOM, clientId="c1", answer={"id": "i1", "seq": 1}),
    note(50, "left"),
    note(60, "fresh", answer=FRESH),
]
STORED = DatabaseState([ROW], {ROOM: [ADA]}, {(ROOM, ADA): 0})


def test_of_what_went_well_the_checker_says_nothing() -> None:
    assert violations(GOOD, STORED, Bounds()) == []


@pytest.mark.parametrize(
    ("notes", "stored", "found"),
    [
        (GOOD, DatabaseState([], {ROOM: [ADA]}, {(ROOM, ADA): 0}), "is lost"),
        (GOOD, DatabaseState([ROW, ROW], {ROOM: [ADA]}, {(ROOM, ADA): 0}), "stored twice"),
        (GOOD, DatabaseState([EntryRow(ROOM, 2, "i1", "message", ADA, "c1", "hello", None)], STORED.members, STORED.reads), "a gap"),
        ([*GOOD[:4], *GOOD[5:]], STORED, "never got an answer"),
        ([*GOOD[:3], GOOD[4], GOOD[3], *GOOD[5:]], STORED, "after it was acknowledged"),
        ([*GOOD[:4], GOOD[3], *GOOD[4:]], STORED, "heard 1 after 1"),
        ([*GOOD[:3], *GOOD[4:]], STORED, "knows 'nothing'"),
        (GOOD, DatabaseState([ROW], {ROOM: [ADA]}, {(ROOM, ADA): 1}), "is read to 0, and stored is 1"),
        ([*GOOD[:5], note(45, "disconnect", reason="x"), note(5_100, "connect"), *GOOD[5:]], STORED, "5055 ms after"),
        ([*GOOD[:5], note(45, "disconnect", reason="x"), GOOD[6]], STORED, "did not come back"),
        ([*GOOD[:3], note(30, "heard", name="message", data={**MESSAGE, "body": "x"}), *GOOD[4:]], STORED, "heard 'x'"),
    ],
)  # fmt: skip
def test_the_checker_says_what_went_wrong(notes: list[Note], stored: DatabaseState, found: str) -> None:
    assert any(found in sentence for sentence in violations(notes, stored, Bounds())), violations(
        notes, stored, Bounds()
    )


def test_who_could_not_come_back_is_measured_from_when_they_could() -> None:
    away = [*GOOD[:5], note(45, "disconnect", reason="x"), note(7_000, "connect"), *GOOD[5:]]
    assert violations(away, STORED, Bounds(outages=[(40, 3_000)])) == []
    assert violations(away, STORED, Bounds(outages=[(40, 1_000)])) != []


def test_an_event_that_is_too_late_is_named() -> None:
    bob = [{**each, "p": "bob"} for each in (note(0, "connect"), note(3_000, "heard", name="message", data=MESSAGE))]
    assert any(
        "2970 ms after" in sentence for sentence in violations([*GOOD, *bob], STORED, Bounds(max_delivery_ms=2_500))
    )
