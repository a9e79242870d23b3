"""
Each folder in `tests/cases` is a stack as a person could send it, how it is used, and its bill.

There is one for each family; those in `tests/trees` are about the ways in which Terraform can say things. After an
intended change `python -m tests.planner.test_cases` writes the bills anew; read the difference.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from glimpse.planner.bill import Bill
from glimpse.planner.estimate import least
from glimpse.planner.outside import workload_files
from glimpse.planner.report.bill_terminal import BillReport
from glimpse.planner.report.terminal import report_text
from glimpse.words import Words
from tests.conftest import REPOSITORY, estimator_for, read_stack

CASES = sorted(path.parent for path in (REPOSITORY / "tests/cases").glob("*/main.tf"))
TREES = sorted(path.parent for path in (REPOSITORY / "tests/trees").glob("*/main.tf"))
FAMILIES = sorted((REPOSITORY / "src/glimpse/planner/resources").glob("[a-z]*.py"))


def bill_at(case: Path, region: str | None = None) -> tuple[Bill, Bill]:
    stack = read_stack(case, region=region)
    # The bill must not depend on the path of the file, nor on the width of that path.
    workload = workload_files.workload_beside(case, None)
    estimator = estimator_for(stack.region, replace(workload, source=Path(workload.source).name))
    stack = least(stack, estimator)
    return estimator.bill(stack), estimator.bill(stack, free_tier=True)


def printed(case: Path) -> str:
    bill, granted = bill_at(case)
    return report_text(Words("en"), BillReport, lambda report: report.bill(bill, granted.monthly))


@pytest.mark.parametrize("case", CASES + TREES, ids=lambda case: case.name)
def test_the_bill_of_a_case_is_the_one_beside_it(case: Path) -> None:
    assert printed(case) == (case / "bill.txt").read_text()


def test_every_family_has_a_case_folder_of_its_name() -> None:
    families = {path.stem for path in FAMILIES} - {"reservable"}
    assert families == {case.name for case in CASES}


@pytest.mark.parametrize("case", CASES + TREES, ids=lambda case: case.name)
def test_every_resource_of_a_case_is_priced_free_or_named(case: Path) -> None:
    bill, _ = bill_at(case)
    shown = {line.meter.origin.address for line in bill.lines} | {entry.origin.address for entry in bill.unpriced}
    shown |= {origin.address for origin in bill.free}
    assert set(bill.stack.addresses()) <= shown


def test_changing_the_region_changes_every_price_that_differs_there() -> None:
    """A price that is written in the code would not change."""
    case = REPOSITORY / "tests/cases/fargate"
    seoul, virginia = bill_at(case)[0], bill_at(case, "us-east-1")[0]
    there = {line.id: line for line in virginia.lines}
    pairs = [(line, there[line.id]) for line in seoul.lines if line.quantity and line.id in there]
    differing = [(a, b) for a, b in pairs if a.price and b.price and a.price.tiers != b.price.tiers]
    assert len(differing) >= 7
    assert all(a.exact.expected != b.exact.expected for a, b in differing)


def test_doubling_the_task_size_doubles_what_its_tasks_cost(tmp_path: Path) -> None:
    case = tmp_path / "case"
    shutil.copytree(REPOSITORY / "tests/cases/fargate", case)
    before = {line.id: line.exact.expected for line in bill_at(case)[0].lines}
    main = case / "main.tf"
    main.write_text(
        main.read_text().replace('cpu    = "256"', 'cpu    = "512"').replace('memory = "512"', 'memory = "1024"')
    )
    after = {line.id: line.exact.expected for line in bill_at(case)[0].lines}
    moved = [id_ for id_ in before if id_.startswith("aws_ecs_service.api/")]
    assert len(moved) == 4
    assert all(after[id_] == 2 * before[id_] for id_ in moved)


@pytest.mark.parametrize("name", ["balancer", "bucket", "transfer", "logs"])
def test_doubling_the_users_changes_every_line_that_people_cause(tmp_path: Path, name: str) -> None:
    case = tmp_path / "case"
    shutil.copytree(REPOSITORY / "tests/cases" / name, case)
    workload = case / "glimpse.toml"
    text = workload.read_text() if workload.exists() else ""
    now = int(workload_files.workload_beside(case, None)["users"])
    bill = bill_at(case)[0]
    stated = bill.workload.usage
    before = {
        line.id: line for line in bill.lines if line.meter.usage_based and not stated.of(line.meter.origin.address)
    }
    rest = text.replace(f"users = {now}", "")
    workload.write_text(
        rest.replace("[people]", f"[people]\nusers = {now * 2}")
        if "[people]" in rest
        else f"{rest}\n[people]\nusers = {now * 2}\n"
    )
    after = {line.id: line for line in bill_at(case)[0].lines if line.meter.usage_based}
    moved = [id_ for id_, line in before.items() if line.quantity and line.quantity.expected and line.exact.expected]
    assert moved
    for id_ in moved:
        assert after[id_].quantity.expected == 2 * before[id_].quantity.expected
        assert after[id_].exact.expected > Fraction(3, 2) * before[id_].exact.expected


if __name__ == "__main__":
    for each in CASES + TREES:
        (each / "bill.txt").write_text(printed(each))
