"""What the documents show is what the program does."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest

from glimpse.planner.money import usd_text
from glimpse.planner.scenarios import plan_of, stated_scenarios, survey_of
from glimpse.planner.stack import Stack
from glimpse.planner.workload import Workload
from glimpse.planner.workload_checks import workload_from
from glimpse.words import codes
from tests.conftest import REPOSITORY, estimator_for

DOCUMENTS = sorted(
    path
    for path in (*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md"))
    if "plan-document" not in path.name
)


def test_the_reference_is_what_the_program_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    spec = importlib.util.spec_from_file_location("reference", REPOSITORY / "scripts/make_reference.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for path, text in module.pages().items():
        # Python versions break the lines of a help text differently.
        assert path.read_text().split() == text.split(), f"run scripts/make_reference.py: {path.name}"


@pytest.mark.parametrize(("name", "language"), [("README.md", "en"), ("README.ko.md", "ko")])
def test_the_readme_shows_the_first_lines_that_are_really_printed(name: str, language: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "glimpse", "plan", "--lang", language],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        check=True,
    )
    answer = ran.stdout.split("\n\n")[0]
    assert f"```\n{answer}\n```" in (REPOSITORY / name).read_text(), "run scripts/make_reference.py"


def test_every_file_that_the_architecture_names_exists() -> None:
    text = (REPOSITORY / "ARCHITECTURE.md").read_text()
    roots = [REPOSITORY, REPOSITORY / "src/glimpse", REPOSITORY / "src/glimpse/planner"]
    for pattern, example in {"FAMILY": "bucket", "FILE": "monitoring", "NAME": "gp3", "LANGUAGE": "en"}.items():
        text = text.replace(pattern, example)
    for name in re.findall(r"`([\w/.-]+\.(?:py|toml|tfvars|ftl)|[\w/.-]+/)`", text):
        assert any((root / name).exists() for root in roots) or list(REPOSITORY.rglob(name.rstrip("/"))), name


def test_figures_in_prose_are_the_computed_ones(own_stack: Stack, own_workload: Workload) -> None:
    estimator = estimator_for(workload=own_workload)
    plan = plan_of(own_stack, estimator)
    assert plan.search is not None
    best = plan.scenario("best")
    assert plan.recommended is best
    for name in ("README.md", "README.ko.md"):
        text = (REPOSITORY / name).read_text()
        assert f"{plan.search.looked_at:,}" in text
        assert f"${usd_text(best.bill.monthly)}" in text
        assert "$83 → $56" in text
    unreleased = (REPOSITORY / "CHANGELOG.md").read_text().partition("### Advice for any stack")[2]
    assert f"${usd_text(plan.today.bill.monthly)}" in unreleased
    assert f"${usd_text(best.bill.monthly)}" in unreleased
    # "its four changes save nothing on this stack"
    assert plan.scenario("balanced").saving.usd == 0
    claims = {"README.md": "thirty-seven", "README.ko.md": "37개"}
    assert plan.document is not None
    assert len(plan.document.claims) == 37
    assert all(number in (REPOSITORY / name).read_text() for name, number in claims.items())
    planned = survey_of(own_stack, estimator).combinations.search(planned=True)
    assert planned is not None
    compared = (REPOSITORY / "docs/explanation/the-comparison.md").read_text()
    assert f"{plan.search.looked_at:,}" in compared
    assert f"{planned.looked_at:,}" in compared


GLIMPSE_TOML = [
    (path, block)
    for path in DOCUMENTS
    for block in re.findall(r"```toml\n(.*?)```", path.read_text(), re.DOTALL)
    if not path.is_relative_to(REPOSITORY / "docs/designs")
]


@pytest.mark.parametrize(("path", "block"), GLIMPSE_TOML)
def test_every_example_of_a_glimpse_toml_can_be_used(path: Path, block: str) -> None:
    workload = workload_from(tomllib.loads(textwrap.dedent(block)), path.name)
    assert stated_scenarios(workload).keys() == workload.scenarios.keys()
    known = {code.removeprefix("promise_") for code in codes() if code.startswith("promise_")}
    assert workload.promises.may_give_up <= known
