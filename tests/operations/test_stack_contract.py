"""What every LocalStack does, the one of values as the one of real parts: drills and the page rely on it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from random import Random

import pytest

from glimpse.operations.options import StackOptions
from glimpse.operations.outside.local_stack import local_stack
from glimpse.operations.outside.plan import read_plan
from glimpse.operations.ports import LocalStack
from glimpse.operations.state import RUNNING, TimelineEvent
from tests.conftest import OWN
from tests.operations.served_page import fake_stack


class Watched:
    """A stack, and what happened to it since the last call of `happened`."""

    def __init__(self, stack: LocalStack) -> None:
        self.stack = stack
        self.events: list[TimelineEvent] = []
        stack.subscribers.add(self.events.append)

    def happened(self, subject: str) -> Sequence[str]:
        return [event.code for event in self.events if event.subject == subject]

    def forget(self) -> None:
        self.events.clear()

    def tasks(self) -> Sequence[str]:
        """All of them serve: that is what each method waits for."""
        tasks = self.stack.state().tasks
        assert {(task.state, task.is_registered) for task in tasks} == {(RUNNING, True)}
        return [task.name for task in tasks]


def in_order(codes: Sequence[str], *expected: str) -> bool:
    """Whether the expected codes are among these, in this order."""
    rest = iter(codes)
    return all(code in rest for code in expected)


async def keeps_the_contract(stack: LocalStack) -> None:
    watched, random = Watched(stack), Random(1)
    # Others on this machine can ask the page for it.
    assert ":" not in stack.state().addresses.database.removeprefix("postgresql://").partition("@")[0]
    first = watched.tasks()
    taken = first[-1]

    await stack.reclaim_task(taken, random)
    [replacement] = set(watched.tasks()) - set(first)
    assert len(watched.tasks()) == len(first)
    assert in_order(watched.happened(taken), "task_reclaimed", "task_ended")
    assert "task_deregistered" in watched.happened(taken)
    assert in_order(watched.happened(replacement), "task_starting", "task_serving")

    watched.forget()
    await stack.kill_task(replacement, random)
    assert replacement not in watched.tasks()
    assert len(watched.tasks()) == len(first)
    assert in_order(watched.happened(replacement), "task_killed")

    watched.forget()
    restarts = next(part.restarts for part in stack.state().parts if part.name == "bus")
    await stack.kill_part("bus")
    bus = next(part for part in stack.state().parts if part.name == "bus")
    assert (bus.state, bus.restarts) == (RUNNING, restarts + 1)
    assert in_order(watched.happened("bus"), "up_part_killed", "up_part_serves")

    watched.forget()
    before = watched.tasks()
    await stack.deploy({"GLIMPSE_EVENTS_PER_SECOND": "50"}, random)
    assert set(watched.tasks()).isdisjoint(before)
    assert len(watched.tasks()) == len(first)
    assert in_order(watched.happened("service"), "deploy_began", "deploy_done")

    watched.forget()
    await stack.cut_clients()
    assert watched.happened("clients") == ["clients_cut"]
    assert sum(task.sockets for task in stack.state().tasks) == 0

    stack.record("clients", "drill_clients_stop")
    assert list(stack.state().timeline)[-1] == watched.events[-1]


def test_the_stack_of_values_keeps_the_contract() -> None:
    asyncio.run(keeps_the_contract(fake_stack()))


@pytest.mark.skipif(
    not (shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")),
    reason="HAProxy is not installed: the package haproxy",
)
def test_the_stack_of_real_parts_keeps_the_contract(tmp_path: Path) -> None:
    async def run() -> None:
        options = StackOptions([str(OWN)], tmp_path, bus="valkey", tasks=2, port=0, page_port=0, speed=100)
        async with local_stack(options, partial(read_plan, options.arguments), lambda code, **values: None) as stack:
            await keeps_the_contract(stack)

    asyncio.run(run())
