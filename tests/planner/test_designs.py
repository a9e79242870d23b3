"""
The advice for five designs: a web site on EC2, a Kubernetes cluster, a serverless API, a shop on Fargate and a data
pipeline, each without a `glimpse.toml`.

`examples/NAME` is the stack, `tests/designs/NAME/plan.txt` the whole report that its owner reads.
`python -m tests.planner.test_designs` writes all five anew: after a change of a lever, a risk or a price it shows what
changes for people.
"""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest

from glimpse.planner import app
from glimpse.planner.costs import CostCache
from glimpse.planner.levers import LEVERS
from glimpse.planner.levers.lever import BY_HAND
from glimpse.planner.outside import clock
from glimpse.planner.plan import TODAY as AS_IT_IS
from glimpse.planner.plan import Plan
from glimpse.planner.saving import costs_of, saving
from glimpse.planner.scenarios import plan_of
from glimpse.planner.workload import unstated
from glimpse.words import Words
from tests.conftest import REPOSITORY, TODAY, estimator_for, read_stack

STACKS = REPOSITORY / "examples"
DESIGNS = REPOSITORY / "tests/designs"

RECOMMENDED = {
    "data_pipeline": ["gp3", "search_gp3", "graviton_nodes", "gateway_endpoints", "abort_uploads"],
    "eks_cluster": ["gp3", "valkey_node", "supported_kubernetes", "graviton_databases", "gateway_endpoints"],
    "fargate_shop": [
        "valkey_node", "supported_engines", "graviton_databases", "graviton_nodes", "gateway_endpoints", "abort_uploads",
    ],
    "serverless_api": ["abort_uploads"],
    "web_site": [
        "gp3", "supported_engines", "newer_instances", "graviton_databases", "gateway_endpoints", "storage_autoscaling",
        "abort_uploads",
    ],
}  # fmt: skip
"""The levers of the recommendation, as far as they change these files; none where the stack is kept as it is."""

NAMES = sorted(RECOMMENDED)

CHATS = ("socket.io", "chat", "conversation", "keep-alive", "startup-prod", "-target=", "glimpse_")
"""What only the owner of this repository's own stack may read."""


def told(name: str, output: Path) -> int:
    """The exit code of `glimpse plan`, whose report is written."""
    with patch.object(clock, "today", lambda: TODAY):
        return app.run("plan", app.Options(Words("en"), STACKS / name, output=str(output), full=True))


def planned(name: str) -> Plan:
    stack = read_stack(STACKS / name)
    return plan_of(stack, estimator_for(stack.region, unstated()))


@pytest.mark.parametrize("name", NAMES)
def test_the_report_is_the_one_on_file(name: str, tmp_path: Path) -> None:
    assert told(name, tmp_path / "plan.txt") == app.DONE
    assert (tmp_path / "plan.txt").read_text() == (DESIGNS / name / "plan.txt").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_each_owner_gets_an_answer(name: str) -> None:
    """The answer is something that costs less and takes nothing away, or that there is no such change."""
    plan = planned(name)
    chosen = plan.recommended
    assert chosen is not None
    assert [lever.name for lever in chosen.changing] == RECOMMENDED[name]
    assert not any(lever.gives_up or lever.is_planned or lever.group == BY_HAND for lever in chosen.changing)
    if chosen.name == AS_IT_IS:
        assert "Keep the stack" in (DESIGNS / name / "plan.txt").read_text()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("word", CHATS)
def test_nobody_is_told_of_chats(name: str, word: str) -> None:
    assert word not in (DESIGNS / name / "plan.txt").read_text().lower()


@pytest.mark.parametrize("name", NAMES)
def test_what_a_lever_saves_is_the_difference_of_two_bills(name: str) -> None:
    """The search prices single resources and caches them; each lever tried alone must save what two whole bills say."""
    stack = read_stack(STACKS / name)
    estimator = estimator_for(stack.region, unstated())
    cache = CostCache(stack, estimator)
    before = costs_of(estimator.bill(stack))
    for lever in LEVERS.values():
        if (changed := lever.change(stack)) is not stack:
            bills = saving(before, costs_of(estimator.bill(changed)), cache.bounds)
            assert (lever.name, cache.saving(cache.today, cache.of((lever,)))) == (lever.name, bills)


@pytest.mark.parametrize("name", NAMES)
def test_everything_of_a_design_is_read(name: str) -> None:
    stack = read_stack(STACKS / name)
    assert stack.resources
    assert stack.unresolved == ()


if __name__ == "__main__":
    for each in NAMES:
        path = DESIGNS / each / "plan.txt"
        told(each, path)
        print(path.relative_to(REPOSITORY))
