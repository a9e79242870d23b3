"""In how many hours of each day something runs that a schedule stops and starts again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from glimpse.planner.outside.terraform_files.block import Block, Tree

WHOLE_DAY = 24
SCHEDULE = "aws_scheduler_schedule"
DAILY = re.compile(r"^cron\(0 (\d{1,2}) (?:\* \* \?|\? \* \*) \*\)$")
DAILY_OF_GROUP = re.compile(r"^0 (\d{1,2}) \* \* \*$")

DATABASE_CALLS = ("rds:stopDBInstance", "rds:startDBInstance")
INSTANCE_CALLS = ("ec2:stopInstances", "ec2:startInstances")
"""The calls of EventBridge Scheduler's universal targets, `arn:aws:scheduler:::aws-sdk:CALL` (its user guide)."""


def awake_hours(block: Block, tree: Tree, calls: tuple[str, str]) -> int:
    """The hours of each day between a daily start and a daily stop by EventBridge Scheduler; 24 without either."""
    hours = {
        call: _hour(row.values.known.text("schedule_expression"), DAILY)
        for row, call, said in _calls(tree)
        if call in calls and _names(row, said, block, tree)
    }
    stop, start = (hours.get(call) for call in calls)
    return _between(start, stop)


@lru_cache(maxsize=4)
def _calls(tree: Tree) -> tuple[tuple[Block, str, frozenset[str]], ...]:
    """The schedules that stop or start something, with their call and the texts that they hand over."""
    found = []
    for row in tree.of(SCHEDULE):
        target = row.values.known.block("target")
        call = (target.text("arn") or "").rpartition("aws-sdk:")[2]
        if call in (*DATABASE_CALLS, *INSTANCE_CALLS):
            found.append((row, call, frozenset(_texts(target.text("input")))))
    return tuple(found)


def awake_hours_of_group(rows: Sequence[Block], count: int | None) -> int:
    """
    The hours of each day in which a group has its usual `count`, where all that schedules do is to take every instance
    away daily and to bring them back; 24 otherwise.
    """
    hours: dict[int | None, int | None] = {}
    for row in rows:
        values = row.values.known
        hours[values.integer("desired_capacity")] = _hour(values.text("recurrence"), DAILY_OF_GROUP)
    if len(rows) != 2 or not count or hours.keys() != {0, count}:
        return WHOLE_DAY
    return _between(hours[count], hours[0])


def _between(start: int | None, stop: int | None) -> int:
    return WHOLE_DAY if start is None or stop is None or start == stop else (stop - start) % WHOLE_DAY


def _hour(expression: str | None, form: re.Pattern[str]) -> int | None:
    found = form.match(expression or "")
    return int(found[1]) if found and int(found[1]) < WHOLE_DAY else None


def _names(row: Block, said: frozenset[str], block: Block, tree: Tree) -> bool:
    """Whether what a schedule hands over names a resource: by reference, or by its identifier as a text."""
    if block in tree.certain_references(row, "target.input", block.type):
        return True
    own = {block.values.known.text(name) for name in ("identifier", "id") if not block.values.is_unknown(name)} - {None}
    return bool(own & said)


def _texts(said: str | None) -> Iterator[str]:
    try:
        held = json.loads(said or "null")
    except ValueError:
        return
    for value in held.values() if isinstance(held, dict) else ():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str):
                yield item
