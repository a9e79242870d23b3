"""
Each lever on a small stack: `tests/levers/NAME/before` is the stack, `after` has the edit that the lever asks for.

The lever must promise what the edited files cost. `python -m tests.planner.test_lever_cases` writes every `bill.txt`
anew.
"""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from glimpse.planner.bill import Bill
from glimpse.planner.estimate import Estimator
from glimpse.planner.levers import LEVERS
from glimpse.planner.levers.lever import BY_HAND, PLANNED, PURCHASE
from glimpse.planner.money import usd_text
from glimpse.planner.outside import workload_files
from glimpse.planner.saving import costs_of, saving
from glimpse.planner.scenarios import as_stated
from glimpse.planner.stack import Stack
from tests.conftest import REPOSITORY, estimator_for, read_stack

CASES = REPOSITORY / "tests/levers"
NAMES = sorted(folder.name for folder in CASES.iterdir() if folder.is_dir())


def of_our_own_tree(name: str) -> bool:
    """Whether a lever is tried on this repository's own environment instead, by its variables (test_own_stack.py)."""
    lever = LEVERS[name]
    return bool(lever.edit) or lever.implemented == PLANNED


def read(name: str, part: str) -> tuple[Stack, Estimator]:
    stack = read_stack(CASES / name / part)
    # A purchase edits no Terraform: `after` then has a `glimpse.toml` of its own.
    folder = next((at for at in (CASES / name / part, CASES / name) if (at / "glimpse.toml").is_file()), CASES / name)
    workload = workload_files.workload_beside(folder, None)
    estimator = estimator_for(stack.region, workload)
    return as_stated(stack, estimator), estimator


def lines(bill: Bill) -> Counter[tuple[str, Fraction | None, Fraction | None]]:
    """What a bill charges, without the names of the resources."""
    charged = (
        (
            re.sub(r" \(\d+\)$", "", line.meter.component),
            line.quantity and line.quantity.expected,
            line.price and line.price.tiers[0].usd,
        )
        for line in bill.lines
        if line.quantity is None or not line.quantity.is_zero
    )
    return Counter(charged)


def gaps(bill: Bill) -> Counter[tuple[str, str]]:
    return Counter((entry.component, entry.why.code) for entry in bill.unpriced)


@pytest.mark.parametrize("name", NAMES)
def test_the_edited_files_cost_what_the_lever_promised(name: str) -> None:
    before, estimator = read(name, "before")
    after, edited = read(name, "after")
    promised, found = estimator.bill(LEVERS[name].change(before)), edited.bill(after)
    assert lines(promised) == lines(found)
    assert gaps(promised) == gaps(found)


@pytest.mark.parametrize("name", NAMES)
def test_a_lever_leaves_alone_what_has_it_already(name: str) -> None:
    before, _ = read(name, "before")
    after, _ = read(name, "after")
    lever = LEVERS[name]
    # A lever sees no file that states a purchase; to buy the same again saves nothing.
    assert lever.change(after) == after or lever.implemented == PURCHASE
    changed = lever.change(before)
    assert changed != before
    assert lever.change(changed) == changed


@pytest.mark.parametrize("name", NAMES)
def test_both_bills_of_a_lever_are_the_ones_on_file(name: str) -> None:
    assert (CASES / name / "bill.txt").read_text() == printed(name)


def test_every_lever_has_its_case() -> None:
    """A lever without a case is tried on our own tree. Levers by hand are left out: their only edit is a removal."""
    without = [name for name in LEVERS if name not in NAMES and not of_our_own_tree(name)]
    assert without == []
    assert all(name in LEVERS for name in NAMES)
    assert {name for name, lever in LEVERS.items() if lever.group == BY_HAND} <= set(NAMES)


def printed(name: str) -> str:
    """Both bills, line by line, and what the lever saves."""
    before, estimator = read(name, "before")
    bills = {"before": estimator.bill(before), "after": estimator.bill(LEVERS[name].change(before))}
    text = []
    for part, bill in bills.items():
        text.append(f"{part}: {'at least ' if bill.at_least else ''}{usd_text(bill.monthly)}")
        for line in bill.lines:
            amount = "before usage" if line.quantity is None else usd_text(line.monthly)
            text.append(f"  {line.meter.origin.address}  {line.meter.component}  {amount}")
        text += [f"  {entry.origin.address}  {entry.component}  ?" for entry in bill.unpriced]
    saved = saving(costs_of(bills["before"]), costs_of(bills["after"]))
    text.append(f"saves: {'?' if saved.usd is None else usd_text(saved.usd)}{' or more' if saved.at_least else ''}")
    for even in saved.break_even:
        side = "above" if even.is_above else "below"
        text.append(f"  {side} {float(even.units):.1f} {even.unit} of {even.address} {even.key}")
    return "\n".join(text) + "\n"


if __name__ == "__main__":
    for each in NAMES:
        (CASES / each / "bill.txt").write_text(printed(each))
        print(Path(CASES / each / "bill.txt").relative_to(REPOSITORY))
