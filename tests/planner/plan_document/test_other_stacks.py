"""No stack but this repository's own meets the plan document."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import OWN, REPOSITORY

WATCH = """
import sys
from glimpse.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    sys.exit(end.code)
finally:
    print("PARTS", *sorted(name.split(".")[-1] for name in sys.modules if "planner.plan_document" in name))
"""
FOREIGN = REPOSITORY / "tests/trees/counts_across_modules"


def parts_of(*arguments: str) -> list[str]:
    """The modules of the plan document that a command has imported when it ends."""
    done = subprocess.run([sys.executable, "-c", WATCH, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    [line] = [line for line in done.stdout.splitlines() if line.startswith("PARTS")]
    return line.split()[1:]


@pytest.mark.parametrize("form", ["terminal", "json", "markdown"])
def test_a_plan_of_another_stack_imports_nothing_of_the_document(form: str) -> None:
    assert not (FOREIGN / "glimpse.toml").exists()
    assert parts_of("plan", str(FOREIGN), "--format", form) == []


def test_a_bill_of_our_own_stack_does_not_wait_for_the_claims() -> None:
    assert parts_of("bill", str(OWN)) == ["plan_document"]


def test_a_plan_of_our_own_stack_has_all_of_it() -> None:
    assert set(parts_of("plan", str(OWN), "--full")) >= {"alarms", "checks", "claims", "rows", "steps"}
