"""Shared fixtures: the day of the tests, the real catalogue, and stacks read from real files."""

from __future__ import annotations

import datetime
import gc
import os
import tempfile
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from glimpse.planner.catalogue import Catalogue
from glimpse.planner.estimate import Estimator
from glimpse.planner.outside import price_files, workload_files
from glimpse.planner.outside.terraform_files import reading
from glimpse.planner.stack import Stack
from glimpse.planner.workload import Workload, unstated

# Hypothesis fails an example that takes 200 ms, and examples that take a second to draw: no test depends on the machine.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

# Whoever runs the tests may have run `glimpse prices update`; figures of tests are those of the prices that ship.
os.environ["XDG_CACHE_HOME"] = str(Path(tempfile.gettempdir()) / "glimpse-tests-without-cache")

# Where this is set, each of the hundreds of processes that tests start would compile what it imports anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# The width, the colours and the language of a report are those of no terminal, whoever runs the tests.
for _name in ("COLUMNS", "FORCE_COLOR", "LC_ALL", "LC_MESSAGES"):
    os.environ.pop(_name, None)
os.environ["LANG"] = "C.UTF-8"

REPOSITORY = Path(__file__).parent.parent
OWN = REPOSITORY / "infrastructure/terraform/environments/startup-prod"
TODAY = datetime.date(2026, 11, 22)
SEOUL = "ap-northeast-2"
PEOPLE = replace(unstated(), source="500 users", has_people=True, runs="nestjs-original")
"""What a `glimpse.toml` says that states 500 users, and of each what our own stack's does."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """
    What is collected stays until the end, and so do catalogues: walking through all of it again and again took a fifth
    of the tests' time. A tenth as often is enough, and lets a worker hold some 200 MB more.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()
        gc.set_threshold(700, 10, 100)


def read_stack(
    path: Path,
    *,
    var_files: tuple[Path, ...] = (),
    variables: tuple[str, ...] = (),
    region: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> Stack:
    given = [*(("file", str(name)) for name in var_files), *(("option", text) for text in variables)]
    return reading.read_stack(path, region, given=given, environment=environment, with_names=True)


@cache
def catalogue_of(region: str) -> Catalogue:
    """One for all tests: a catalogue holds 12 MB, and a thousand estimators are made in a run."""
    return price_files.catalogue(region)


def estimator_for(
    region: str = SEOUL, workload: Workload | None = None, *, today: datetime.date = TODAY, free_tier: bool = False
) -> Estimator:
    workload = workload or PEOPLE
    return Estimator(catalogue_of(region), workload, workload_files.capacities_of(workload), today, free_tier)


@pytest.fixture(scope="session")
def seoul() -> Catalogue:
    return catalogue_of(SEOUL)


@pytest.fixture(scope="session")
def own_stack() -> Stack:
    return read_stack(OWN)


@pytest.fixture(scope="session")
def own_workload() -> Workload:
    return workload_files.workload_beside(OWN, None)


@pytest.fixture
def write_stack(tmp_path: Path) -> Callable[..., Path]:
    """Write a tree of files and give its folder; a bare text is `main.tf` in a Seoul account."""

    def write(main: str = "", files: Mapping[str, str] | None = None) -> Path:
        folder = tmp_path / "stack"
        folder.mkdir(exist_ok=True)
        (folder / "main.tf").write_text(f'provider "aws" {{\n  region = "{SEOUL}"\n}}\n{main}')
        for name, text in (files or {}).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return folder

    return write
