"""What `operations` learns from `glimpse plan --format json`, and what it says where there is nothing to learn."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import to_builtins

from glimpse.chat.failure import Failure
from glimpse.cli import _failures_as_sentences
from glimpse.operations import deployment as shapes
from glimpse.operations.checks.catalogue import CHECKS
from glimpse.operations.deployment import (
    Balancer,
    ChecklistBox,
    DerivedAlarm,
    HealthCheck,
    PlanRefused,
    ScenarioCost,
    Tasks,
    plan_of,
)
from glimpse.operations.outside import plan as asking
from glimpse.operations.outside.plan import read_plan
from glimpse.planner.finding import InputError
from glimpse.planner.plan_document.checks import VERIFIED_BY
from tests.conftest import OWN

Write = Callable[..., Path]
TASKS = {"desired": 2, "fewest": 1, "most": 4}
DOCUMENT: dict[str, Any] = {
    "schema": "glimpse.plan/1",
    "today": {"monthly_usd": "12.34", "lines": []},
    "workload": {"derived": [{"name": "peak_sockets", "value": "250"}, {"name": "monthly_messages", "value": "1.5"}]},
    "scenarios": [{"name": "best", "monthly_usd": "5.00", "at_least": True, "rank": 1}],
    "recommended": None,
    "deployment": {"region": "ap-northeast-2", "tasks": TASKS},
    "alarms": [
        {"name": "ecs_cpu", "document": "> 70%", "derived": {"code": "c", "params": {"value": "85", "minutes": 10}}},
        {"name": "running_tasks", "document": "< 2", "derived": {"code": "c", "params": {"value": 2}}},
        {"name": "ecs_memory", "document": "> 80%"},
    ],
    "checks": [{"group": "test", "quote": "S3", "source_line": 452, "verified_by": ["direct_upload"]}],
}


def decoded(**parts: Any) -> shapes.Plan:
    return plan_of(json.dumps({**DOCUMENT, **parts}).encode())


BEST = (str(OWN), "--var-file", str(OWN / "best.tfvars"))
"""Our own stack."""


def asked(*arguments: str, **settings: Any) -> shapes.Plan:
    return asyncio.run(read_plan(arguments, **settings))


@pytest.fixture(scope="module")
def printed() -> bytes:
    """Printed once, because the planner takes a second: our own stack, and it breaks a promise."""
    return asyncio.run(asking._printed([*BEST, "--var", "min_capacity=1"]))


def test_what_the_terraform_does_not_tell_is_the_default_of_aws() -> None:
    found = decoded().deployment
    assert found
    assert found.tasks == Tasks(desired=2, fewest=1, most=4)
    assert found.balancer == Balancer(idle_timeout_seconds=60, deregistration_delay_seconds=300)
    assert found.balancer.health_check == HealthCheck("/", 30, 5, 5, 2)
    assert (found.database, found.bus, found.alarms) == (None, None, ())


def test_thresholds_costs_and_the_checklist_come_as_the_plan_has_them() -> None:
    plan = decoded()
    assert plan.alarms == (
        DerivedAlarm("ecs_cpu", "> 70%", "85"),
        DerivedAlarm("running_tasks", "< 2", "2"),
        DerivedAlarm("ecs_memory", "> 80%", None),
    )
    assert plan.checklist == [ChecklistBox("test", "S3", 452, ["direct_upload"])]
    assert plan.scenarios == [ScenarioCost("best", "5.00", at_least=True)]
    assert (plan.monthly_usd, plan.recommended) == ("12.34", None)
    assert (plan.monthly_messages, plan.peak_sockets) == (1.5, 250)


def test_a_plan_without_the_documents_claims_has_none_of_its_figures() -> None:
    claims = [{"id": "recovery", "quote": "30초 내", "claimed": {"min": "0", "max": "30", "unit": "seconds"}}]
    assert decoded(claims=claims).document_recovery_seconds == 30
    plan = decoded()
    assert (plan.document_recovery_seconds, plan.document_monthly_usd) == (None, None)


def test_a_stack_without_people_has_no_load() -> None:
    plan = decoded(workload={"source": "none"})
    assert (plan.monthly_messages, plan.peak_sockets) == (None, None)


@pytest.mark.parametrize(
    ("deployment", "why"),
    [(None, "deployment_missing"), ({"region": "r", "tasks": {"vcpu": 0.25}}, "deployment_tasks_unknown")],
)
def test_a_plan_without_a_deployment_says_why(deployment: Any, why: str) -> None:
    document = {name: part for name, part in DOCUMENT.items() if name != "deployment"}
    plan = plan_of(json.dumps(document | ({"deployment": deployment} if deployment else {})).encode())
    assert (plan.deployment, plan.why_no_deployment) == (None, why)


@pytest.mark.parametrize(
    "text", ["", "Traceback", "[]", '{"schema": "glimpse.plan/9"}', '{"schema": "glimpse.plan/1"}']
)
def test_what_is_no_plan_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(Failure) as wrong:
        plan_of(text.encode())
    assert wrong.value.code == "plan_unreadable"


def test_the_planner_is_asked_about_our_own_stack(printed: bytes) -> None:
    plan = plan_of(printed)
    found = plan.deployment
    assert found
    assert (found.bus, found.tasks.most, found.tasks.stop_timeout_seconds) == ("postgresql", 7, 120)
    assert (found.balancer.is_sticky, found.balancer.health_check.path) == (True, "/health")
    assert [alarm.name for alarm in plan.alarms] == [
        "ecs_cpu", "ecs_memory", "running_tasks", "balancer_5xx", "database_connections",
    ]  # fmt: skip
    assert len(plan.checklist) == 19
    assert (plan.document_recovery_seconds, plan.document_monthly_usd) == (30, 56)
    assert {"today", "balanced"} <= {scenario.name for scenario in plan.scenarios}


def test_every_field_of_the_deployment_is_one_that_operations_reads(printed: bytes) -> None:
    """A field that one side renames would silently become a default on the other."""
    written, read = json.loads(printed)["deployment"], plan_of(printed).deployment

    def names(value: Any, path: str = "") -> set[str]:
        if isinstance(value, dict) and not path.endswith(".environment"):
            return {name for key, item in value.items() for name in names(item, f"{path}.{key}")}
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return names(value[0], path)
        return {path}

    assert names(written) <= names(to_builtins(read))


def test_another_load_costs_another_sum(printed: bytes) -> None:
    few, many = plan_of(printed), asked(*BEST, workload="[people]\nusers = 50_000\n\n[service]\nruns = 'glimpse'\n")
    assert float(few.monthly_usd) < float(many.monthly_usd)
    assert (few.peak_sockets, many.peak_sockets) == (250, 25_000)


def test_a_stack_that_breaks_a_promise_is_a_plan_all_the_same(printed: bytes) -> None:
    today = next(found for found in json.loads(printed)["scenarios"] if found["name"] == "today")
    assert "broken" in {verdict["verdict"] for verdict in today["verdicts"]}
    found = plan_of(printed).deployment
    assert found
    assert found.tasks.fewest == 1


def test_the_planners_own_errors_come_through_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "x.tfvars"
    path.write_text("a = 1\nb = = 2\n")
    with pytest.raises(InputError) as wrong, _failures_as_sentences():
        asked(str(OWN), "--var-file", str(path))
    assert (wrong.value.file, wrong.value.line) == (str(path), 2)
    with pytest.raises(PlanRefused) as refused:
        asked("/does/not/exist")
    assert (refused.value.code, refused.value.values) == ("path_missing", {"path": "/does/not/exist"})


def test_where_a_deployment_is_needed_a_stack_without_one_is_refused(
    write_stack: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(write_stack('resource "aws_sqs_queue" "q" {}\n'))
    document = asyncio.run(asking._printed([folder]))

    async def printed(_: object) -> bytes:
        return document

    monkeypatch.setattr(asking, "_printed", printed)
    with pytest.raises(Failure) as wrong:
        asked(folder)
    assert (wrong.value.code, wrong.value.values) == ("deployment_missing", {"path": folder})
    assert asked(folder, needs_deployment=False).deployment is None


def test_a_planner_that_dies_is_told_with_its_last_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\necho first >&2\necho 'out of memory' >&2\nexit 137\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(Failure) as wrong:
        asked(str(OWN))
    assert (wrong.value.code, wrong.value.values) == ("planner_failed", {"status": 137, "detail": "out of memory"})


def test_verify_has_each_check_that_the_documents_checklist_names() -> None:
    assert {name for names in VERIFIED_BY.values() for name in names} <= {check.name for check in CHECKS}
