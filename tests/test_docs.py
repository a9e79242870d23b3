"""What the documents show is what the program does."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from glimpse.planner.money import usd_text
from glimpse.planner.scenarios import plan_of, survey_of
from glimpse.planner.stack import Stack
from glimpse.planner.workload import Workload
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
    shown = "\n".join(ran.stdout.splitlines()[:5])
    assert f"```\n{shown}\n```" in (REPOSITORY / name).read_text()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_link_of_a_document_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text()):
        if not target.startswith(("http:", "https:")):
            assert (path.parent / target).exists(), target


def test_every_file_that_the_architecture_names_exists() -> None:
    text = (REPOSITORY / "ARCHITECTURE.md").read_text()
    roots = [REPOSITORY, REPOSITORY / "src/glimpse", REPOSITORY / "src/glimpse/planner"]
    text = text.replace("FAMILY", "bucket")
    for name in re.findall(r"`([\w/.-]+\.(?:py|toml|tfvars)|[\w/.-]+/)`", text):
        assert any((root / name).exists() for root in roots) or list(REPOSITORY.rglob(name.rstrip("/"))), name


def test_figures_in_prose_are_the_computed_ones(own_stack: Stack, own_workload: Workload) -> None:
    plan = plan_of(own_stack, estimator_for(workload=own_workload))
    assert plan.search is not None
    for name in ("README.md", "README.ko.md"):
        text = (REPOSITORY / name).read_text()
        assert f"{plan.search.looked_at:,}" in text
        assert f"${usd_text(plan.scenario('best_with_planned').bill.monthly)}" in text
    claims = {"README.md": "thirty-seven", "README.ko.md": "37개"}
    assert len(plan.claims) == 37
    assert all(number in (REPOSITORY / name).read_text() for name, number in claims.items())
    planned = survey_of(own_stack, estimator_for(workload=own_workload)).searches.search(planned=True)
    assert planned is not None
    compared = (REPOSITORY / "docs/explanation/the-comparison.md").read_text()
    assert f"{plan.search.looked_at:,}" in compared
    assert f"{planned.looked_at:,}" in compared
