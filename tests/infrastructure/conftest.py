"""Plans of the Terraform tree. They take minutes, so one worker of pytest makes them and all of them read them."""

import json
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.infrastructure.terraform_plans import (
    BEST,
    BOOTSTRAP,
    CHOICES,
    DESIGNS,
    EDITS,
    ENVIRONMENT,
    MIGRATION,
    POLICIES,
    PREPARED,
    REQUIRED,
    SECOND,
    STAND_IN,
    TASK,
    TREE,
    Order,
    Plan,
    Terraform,
    Values,
)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let one worker of pytest at a time into a folder: the first one makes what the others find there."""
    import fcntl  # Windows has none; the tests that need terraform do not run there

    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run of pytest, the same one for all of its workers."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "terraform"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def terraform(shared_folder: Path) -> Terraform:
    command = os.environ.get("GLIMPSE_TERRAFORM") or shutil.which("terraform")
    if not command:
        pytest.skip("NOT RUN: terraform is not installed")
    if "GLIMPSE_TERRAFORM" not in os.environ and STAND_IN.exists():
        command = str(STAND_IN)
    repository = shared_folder / "repository"
    terraform = Terraform(command, repository / TREE.relative_to(REPOSITORY))
    initialised = shared_folder / "initialised"
    with locked(shared_folder):
        if not initialised.exists():
            ignored = shutil.ignore_patterns(".terraform*", "*.tfstate*")
            shutil.copytree(TREE, terraform.tree, ignore=ignored, dirs_exist_ok=True)
            shutil.copytree(REPOSITORY / POLICIES, repository / POLICIES, dirs_exist_ok=True)
            terraform.init(ENVIRONMENT)
            terraform.init(BOOTSTRAP)
            initialised.touch()
    return terraform


@pytest.fixture(scope="session")
def plans(terraform: Terraform, shared_folder: Path) -> dict[str, Plan]:
    """The plans of the designs, of each choice and edit, of a service alone, of a second environment, and of bootstraps."""
    documents = shared_folder / "plans.json"
    with locked(shared_folder):
        if not documents.exists():
            documents.write_text(json.dumps(make_plans(terraform)))
    return {name: Plan(document) for name, document in json.loads(documents.read_text()).items()}


@pytest.fixture(scope="session")
def order(terraform: Terraform, shared_folder: Path) -> Order:
    """In which order Terraform makes the environment."""
    text = shared_folder / "graph.dot"
    with locked(shared_folder):
        if not text.exists():
            done = terraform.run(ENVIRONMENT, "graph")
            assert done.returncode == 0, done.stderr
            text.write_text(done.stdout)
    return Order.of(text.read_text())


def make_plans(terraform: Terraform) -> dict[str, Values]:
    service = Path("modules") / "ecs"
    (terraform.tree / service / "terraform.tfvars.json").write_text(json.dumps(TASK))
    terraform.init(service)
    chosen = {
        choice: [f"-var={name}={value}" for name, value in variables.items()]
        for choice, variables in {**CHOICES, **EDITS}.items()
    }
    with ThreadPoolExecutor() as pool:
        prepared = {name: [f"-target={MIGRATION}", *arguments] for name, arguments in PREPARED.items()}
        environments = {**DESIGNS, "best": BEST, **chosen, **prepared}
        jobs = {
            name: pool.submit(terraform.plan, name, ENVIRONMENT, *REQUIRED, *arguments)
            for name, arguments in environments.items()
        }
        for name, variables in {"bootstrap": {}, "second_bootstrap": SECOND}.items():
            given = {"github_repository": "owner/name", **variables}
            jobs[name] = pool.submit(terraform.plan, name, BOOTSTRAP, *(f"-var={key}={given[key]}" for key in given))
        jobs["service"] = pool.submit(terraform.plan, "service", service)
        return {name: job.result() for name, job in jobs.items()}


@pytest.fixture(params=DESIGNS)
def plan(request: pytest.FixtureRequest, plans: dict[str, Plan]) -> Plan:
    """The plan of each design in turn."""
    return plans[request.param]


@pytest.fixture
def container(plans: dict[str, Plan]) -> Values:
    """The container of a task of the balanced design."""
    (only,) = json.loads(plans["service"].task["container_definitions"])
    return dict(only)
