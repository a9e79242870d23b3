"""What the stack would cost at its load: the workload that the planner is asked with, and when it is asked."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from glimpse.chat.failure import Failure
from glimpse.operations.deployment import Plan, ScenarioCost
from glimpse.operations.local.load_workload import Load, toml_text, workload_of
from glimpse.operations.outside.costs import PAUSE_SECONDS, Costs, workload_beside
from glimpse.operations.state import StackState, Traffic
from glimpse.planner.workload_checks import workload_from
from tests.conftest import OWN
from tests.operations.served_page import fake_stack

PLANNED = Plan(None, "87.63", scenarios=[ScenarioCost("today", "87.63")], recommended="best")
SCALARS = st.one_of(
    st.text(),
    st.integers(-(2**60), 2**60),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.times().map(lambda time: time.replace(fold=0)),
)
TABLES = st.dictionaries(
    st.text(), st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
)


def test_the_load_lasts_all_month_and_every_other_key_stays() -> None:
    text = (OWN / "glimpse.toml").read_text(encoding="utf-8")
    before, after = tomllib.loads(text), tomllib.loads(workload_of(Load(12, 0.5), text))
    assert after["people"] == {"users": 12, "peak_socket_share": 1, "hours": [1] * 24}
    assert after["each_user_a_day"] == {**before["each_user_a_day"], "messages": 3600}
    for section in before.keys() - {"people", "each_user_a_day"}:
        assert after[section] == before[section]


@pytest.mark.parametrize("load", [Load(0, 0), Load(0, 2.5), Load(7, 0), Load(7, 2.5)])
def test_the_planner_reads_any_load_as_it_was_seen(load: Load) -> None:
    workload = workload_from(tomllib.loads(workload_of(load, "")), "glimpse.toml")
    derived = {figure.name: float(figure.value) for figure in workload.derived()}
    assert derived["peak_sockets"] == load.sockets
    assert derived["monthly_messages"] == pytest.approx(load.messages_per_second * 730 * 3600)


@given(TABLES)
def test_whatever_a_workload_states_is_written_as_it_was_read(table: dict[str, object]) -> None:
    written = tomllib.loads(toml_text(table))
    assert repr(written) == repr(table)


class Stack:
    """The traffic of a stack, and a price for each load. `follow` ends after `looks` pauses."""

    def __init__(self, looks: Sequence[Traffic | str], failures: Sequence[Failure | None] = ()) -> None:
        self.looks, self.failures = list(looks), list(failures)
        self.asked: list[str] = []
        self.slept: list[float] = []
        self.at_once = self.most_at_once = 0
        self.stack = fake_stack()

    def state(self) -> StackState:
        look = self.looks.pop(0)
        if isinstance(look, str):
            return replace(self.stack.state(), traffic=Traffic(1_000), drill=look)
        return replace(self.stack.state(), traffic=look)

    async def price(self, workload: str) -> Plan:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        self.asked.append(workload)
        if self.failures and (failure := self.failures.pop(0)):
            raise failure
        return replace(PLANNED, scenarios=[ScenarioCost("today", str(len(self.asked)))])

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if not self.looks:
            raise asyncio.CancelledError

    def followed(self, workload: Path | None = None) -> Costs:
        costs = Costs(PLANNED, workload, self.price, self.sleep)

        async def follow() -> None:
            with pytest.raises(asyncio.CancelledError):
                await costs.follow(self.state)

        asyncio.run(follow())
        return costs


def test_a_load_is_priced_again_once_it_differs_noticeably() -> None:
    stack = Stack([Traffic(100, 5.0), Traffic(101, 5.2), Traffic(119, 5.9), Traffic(150, 5.9), Traffic(150, 9.0)])
    costs = stack.followed()
    assert [tomllib.loads(text)["people"]["users"] for text in stack.asked] == [100, 150, 150]
    assert costs.document.load == Load(150, 9.0)
    assert costs.document.at_load == [ScenarioCost("today", "3")]
    assert costs.document.planned == PLANNED.scenarios


def test_the_planner_rests_after_each_price() -> None:
    stack = Stack([Traffic(1), Traffic(100), Traffic(100)])
    stack.followed()
    assert stack.slept[:2] == [PAUSE_SECONDS, PAUSE_SECONDS]
    assert stack.slept[2] < PAUSE_SECONDS
    assert stack.most_at_once == 1


def test_nothing_is_priced_while_a_drill_runs() -> None:
    stack = Stack(["spot", "spot", Traffic(3)])
    stack.followed()
    assert [tomllib.loads(text)["people"]["users"] for text in stack.asked] == [3]


def test_a_price_that_fails_says_why_and_keeps_the_last_one() -> None:
    failure = Failure("planner_failed", status=3, detail="odd")
    stack = Stack([Traffic(1), Traffic(100)], [None, failure])
    costs = stack.followed()
    assert costs.failure is failure
    assert costs.document.load == Load(1, 0.0)
    assert Stack([Traffic(1), Traffic(100)], [failure, None]).followed().failure is None


def test_a_workload_that_is_no_toml_any_more_is_named(tmp_path: Path) -> None:
    workload = tmp_path / "glimpse.toml"
    workload.write_text("[people")
    costs = Stack([Traffic(1)]).followed(workload)
    assert costs.failure is not None
    assert costs.failure.code == "page_costs_unread"


def test_the_workload_is_the_one_beside_the_stack(tmp_path: Path) -> None:
    (tmp_path / "plan.json").touch()
    assert workload_beside([str(tmp_path)]) is None
    (tmp_path / "glimpse.toml").touch()
    assert workload_beside([str(tmp_path)]) == tmp_path / "glimpse.toml"
    assert workload_beside([str(tmp_path / "plan.json"), "--region", "x"]) == tmp_path / "glimpse.toml"
