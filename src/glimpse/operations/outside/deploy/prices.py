"""The monthly bill before and after a plan of Terraform, asked of the planner in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from glimpse.chat.failure import Failure
from glimpse.operations.releases.ports import BOOTSTRAP
from glimpse.operations.releases.values import Bills, TerraformPlan

NO_AMOUNT = "0.00"
BUDGET = "aws_budgets_budget"
WORKLOAD = "glimpse.toml"


class _Line(Struct, frozen=True):
    id: str
    address: str
    component: str
    monthly_usd: str | None = None


class Bill(Struct, frozen=True, tag_field="schema", tag="glimpse.bill/1"):
    """What deploy reads of `glimpse.bill/1`."""

    monthly_usd: str
    lines: Sequence[_Line]
    at_least: bool = False


class PlannedPrices:
    """Implements releases.ports.Prices. `bootstrap` and `environment` are the folders of the roots."""

    def __init__(self, bootstrap: Path, environment: Path, region: str) -> None:
        self._bootstrap, self._environment, self._region = bootstrap, environment, region

    def bills(self, plan: TerraformPlan) -> Bills:
        """Raises Failure (`deploy_bill_unread`) where the planner cannot read the plan."""
        file = Path(plan.json_file)
        document = json.loads(file.read_bytes())
        after, before = self._bill(file, plan.root), None
        if (state := state_before(document)) is not None:
            state_file = file.with_suffix(".before.json")
            state_file.write_text(json.dumps(state), encoding="utf-8")
            before = self._bill(state_file, plan.root)
        return compared(before, after, budget_of(document))

    def _bill(self, file: Path, root: str) -> Bill:
        workload = (self._bootstrap if root == BOOTSTRAP else self._environment) / WORKLOAD
        given = ["--workload", str(workload)] if workload.exists() else []
        command = [sys.executable, "-m", "glimpse", "bill", str(file), "--format", "json", "--region", self._region]
        done = subprocess.run([*command, *given], stdin=subprocess.DEVNULL, capture_output=True, check=False)  # noqa: S603
        try:
            return msgspec.json.decode(done.stdout, type=Bill)
        except msgspec.MsgspecError as error:
            raise Failure("deploy_bill_unread", detail=_reason(done.stdout) or str(error)) from None


def _reason(printed: bytes) -> str:
    """The planner's own sentence."""
    try:
        return str(json.loads(printed)["errors"][-1]["text"])
    except (ValueError, KeyError, IndexError, TypeError):
        return ""


def state_before(plan: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What ran before a plan, in the shape of `terraform show -json` of a state; None where nothing did."""
    prior = plan.get("prior_state")
    if not prior or not any(row["mode"] == "managed" for row in _resources(prior["values"].get("root_module", {}))):
        return None
    return dict(prior)


def budget_of(plan: Mapping[str, Any]) -> str | None:
    """The limit of the budget that the plan makes or keeps, in USD a month."""
    for row in _resources(plan.get("planned_values", {}).get("root_module", {})):
        limit = row.get("values", {}).get("limit_amount")
        if row["type"] == BUDGET and limit is not None:
            return str(limit)
    return None


def _resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from _resources(child)


def compared(before: Bill | None, after: Bill, budget: str | None) -> Bills:
    """Both bills with the lines that differ. A line without a price is in none of them."""
    amounts = [
        {line.id: line.monthly_usd or NO_AMOUNT for line in bill.lines} if bill else {} for bill in (before, after)
    ]
    names = {line.id: f"{line.address} {line.component}" for bill in (before, after) if bill for line in bill.lines}
    lines = [
        (name, amounts[0].get(id_, NO_AMOUNT), amounts[1].get(id_, NO_AMOUNT))
        for id_, name in names.items()
        if amounts[0].get(id_, NO_AMOUNT) != amounts[1].get(id_, NO_AMOUNT)
    ]
    is_least = after.at_least or (before is not None and before.at_least)
    lines.sort(key=lambda line: -abs(float(line[2]) - float(line[1])))
    return Bills(before.monthly_usd if before else None, after.monthly_usd, lines, is_least, budget)
