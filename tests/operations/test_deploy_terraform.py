"""
`glimpse deploy` and the program `terraform`: real plans, applies, locks and kills, on a tree that needs no provider,
with the states in the S3 of ministack.

Left to an account: the AWS provider's own errors, and how long its applies take.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from glimpse.chat.failure import Failure
from glimpse.operations.outside.deploy.terraform import OVERRIDE, Roots, TerraformProgram, changes_of
from glimpse.operations.releases.names import MIGRATION, Names
from glimpse.operations.releases.ports import BOOTSTRAP, ENVIRONMENT
from glimpse.operations.releases.values import Change, TerraformPlan
from tests.conftest import REPOSITORY
from tests.operations.aws_stack import REGION, aws_session, running_ministack
from tests.operations.deploy_backend import backend_settings

pytestmark = pytest.mark.skipif(shutil.which("terraform") is None, reason="NOT RUN: terraform is not installed")

PATIENCE_SECONDS = 60.0
NAMES = Names("glimpse-prod", "000000000000", REGION)
BOOTSTRAP_TREE = """
variable "name" { type = string }
variable "region" { default = "ap-northeast-2" }
variable "domain_name" { type = string }
variable "github_repository" { default = "" }
resource "terraform_data" "bucket" { input = "${var.name}-terraform-000000000000" }
output "state_bucket" { value = terraform_data.bucket.output }
output "github_repository" { value = var.github_repository }
output "domain_name" { value = var.domain_name }
"""
ENVIRONMENT_TREE = """
terraform {
  backend "s3" {
    key          = "environment.tfstate"
    use_lockfile = true
  }
}
variable "image_digest" { type = string }
variable "size" { default = "small" }
variable "wait" { default = "true" }
resource "terraform_data" "network" { input = var.size }
module "ecs" {
  source       = "./ecs"
  image_digest = var.image_digest
  network      = terraform_data.network.output
  wait         = var.wait
}
resource "terraform_data" "alarms" { input = var.size }
output "migration" { value = module.ecs.migration }
output "service" { value = module.ecs.service }
"""
ECS_TREE = """
variable "image_digest" {}
variable "network" {}
variable "wait" {}
resource "terraform_data" "definition" { input = var.image_digest }
resource "terraform_data" "migration" {
  input      = terraform_data.definition.output
  depends_on = [var.network]
}
resource "terraform_data" "service" {
  input      = terraform_data.definition.output
  depends_on = [terraform_data.migration]
  provisioner "local-exec" { command = var.wait }
}
output "migration" {
  value      = { cluster = "glimpse-prod", task_definition = terraform_data.definition.output }
  depends_on = [terraform_data.migration]
}
output "service" { value = terraform_data.service.output }
"""


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_ministack(tmp_path_factory.mktemp("ministack")) as url:
        yield url


@pytest.fixture
def bucket(s3: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The state bucket, empty."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    client = aws_session().client("s3", endpoint_url=s3)
    client.create_bucket(Bucket=NAMES.state_bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    yield client
    for row in client.list_objects_v2(Bucket=NAMES.state_bucket).get("Contents", ()):
        client.delete_object(Bucket=NAMES.state_bucket, Key=row["Key"])
    client.delete_bucket(Bucket=NAMES.state_bucket)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in (
        ("bootstrap/main.tf", BOOTSTRAP_TREE),
        ("environments/prod/main.tf", ENVIRONMENT_TREE),
        ("environments/prod/ecs/main.tf", ECS_TREE),
    ):
        file = tmp_path / "tree" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "tree"


class Told(list[tuple[str, Mapping[str, Any]]]):
    def __call__(self, code: str, /, **values: Any) -> None:
        self.append((code, values))


def program(
    tree: Path, s3: str, *values: tuple[str, str], told: Told | None = None, name: str = "a"
) -> TerraformProgram:
    """What one machine has. Another `name` is another run."""
    scratch = tree.parent / f"scratch-{name}"
    scratch.mkdir(exist_ok=True)
    roots = Roots(tree / "bootstrap", tree / "environments/prod", values)
    return TerraformProgram(roots, scratch, Told() if told is None else told, backend_settings(s3))


VARIABLES = {"name": NAMES.name, "region": NAMES.region, "domain_name": "chat.example.com"}


def bootstrapped(tree: Path, s3: str) -> TerraformProgram:
    terraform = program(tree, s3)
    assert not terraform.open(BOOTSTRAP, NAMES, is_kept=False)
    terraform.apply(BOOTSTRAP, terraform.plan(BOOTSTRAP, VARIABLES))
    return terraform


def keys(bucket: Any) -> set[str]:
    return {row["Key"] for row in bucket.list_objects_v2(Bucket=NAMES.state_bucket).get("Contents", ())}


# ---- The bootstrap's state


def test_the_bootstrap_begins_with_a_local_state_that_then_moves_into_the_bucket(
    tree: Path, s3: str, bucket: Any
) -> None:
    terraform = bootstrapped(tree, s3)
    assert terraform.plan(BOOTSTRAP, VARIABLES).is_empty
    assert terraform.open(BOOTSTRAP, NAMES, is_kept=False), "a second run finds the local state"
    terraform.keep_state(NAMES)
    assert keys(bucket) == {"bootstrap.tfstate"}
    assert terraform.plan(BOOTSTRAP, VARIABLES).is_empty
    shutil.rmtree(tree / "bootstrap/.terraform")
    for file in tree.glob("bootstrap/*.tfstate*"):
        file.unlink()
    (tree / "bootstrap" / OVERRIDE).unlink()
    elsewhere = program(tree, s3, name="elsewhere")
    assert elsewhere.open(BOOTSTRAP, NAMES)
    assert elsewhere.plan(BOOTSTRAP, VARIABLES).is_empty, "another machine finds the state in the bucket"
    assert elsewhere.outputs(BOOTSTRAP)["state_bucket"] == NAMES.state_bucket


def test_a_kill_while_the_state_moves_loses_nothing(tree: Path, s3: str, bucket: Any) -> None:
    began = time.monotonic()
    bootstrapped(tree, s3).keep_state(NAMES)
    took = time.monotonic() - began
    for part in range(8):
        shutil.rmtree(tree / "bootstrap/.terraform")
        for file in [*tree.glob("bootstrap/*.tfstate*"), tree / "bootstrap" / OVERRIDE]:
            file.unlink()
        for key in keys(bucket):
            bucket.delete_object(Bucket=NAMES.state_bucket, Key=key)
        terraform = bootstrapped(tree, s3)
        id_before = state_id(next(tree.glob("bootstrap/*.tfstate")).read_bytes())
        killer = threading.Timer(took * part / 24, kill_terraform, [tree])
        killer.start()
        with contextlib.suppress(Failure):
            terraform.keep_state(NAMES)
            print("NOT KILLED", part)
        killer.cancel()
        killer.join()
        again = program(tree, s3, name="again")
        if "bootstrap.tfstate.tflock" in keys(bucket):
            # Nobody but S3 knows that its owner is dead: the sentence about the lock says how to let it go.
            bucket.delete_object(Bucket=NAMES.state_bucket, Key="bootstrap.tfstate.tflock")
        if "bootstrap.tfstate" in keys(bucket):
            assert again.open(BOOTSTRAP, NAMES)
        else:
            assert again.open(BOOTSTRAP, NAMES, is_kept=False), part
            again.keep_state(NAMES)
        assert again.plan(BOOTSTRAP, VARIABLES).is_empty, part
        body = bucket.get_object(Bucket=NAMES.state_bucket, Key="bootstrap.tfstate")["Body"].read()
        assert state_id(body) == id_before, part


def state_id(state: bytes) -> str:
    resource = next(found for found in json.loads(state)["resources"] if found["name"] == "bucket")
    return str(resource["instances"][0]["attributes"]["id"])


def kill_terraform(tree: Path) -> None:
    """SIGKILL to every Terraform that works in this tree."""
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes().decode()
            if entry.name.isdigit() and command.startswith("terraform\0") and f"-chdir={tree}" in command:
                os.kill(int(entry.name), signal.SIGKILL)
        except OSError:
            continue


def test_a_state_that_a_bootstrap_by_hand_has_left_is_found(tree: Path, s3: str, bucket: Any) -> None:
    folder = tree / "bootstrap"
    given = [f"-var={name}={value}" for name, value in VARIABLES.items()]
    for command in (["init"], ["apply", "-auto-approve", *given]):
        subprocess.run(["terraform", f"-chdir={folder}", *command], check=True, capture_output=True)
    terraform = program(tree, s3)
    assert terraform.open(BOOTSTRAP, NAMES, is_kept=False)
    assert terraform.plan(BOOTSTRAP, VARIABLES).is_empty
    terraform.keep_state(NAMES)
    assert keys(bucket) == {"bootstrap.tfstate"}


def test_an_environment_that_was_applied_by_hand_is_moved_before_it_is_made_twice(
    tree: Path, s3: str, bucket: Any
) -> None:
    folder = tree / "environments/prod"
    override = folder / "backend_override.tf"
    override.write_text('terraform {\n  backend "local" {}\n}\n')
    for command in (["init"], ["apply", "-auto-approve", "-var=image_digest=sha256:1"]):
        subprocess.run(["terraform", f"-chdir={folder}", *command], check=True, capture_output=True)
    override.unlink()
    terraform = program(tree, s3)
    with pytest.raises(Failure, match="deploy_local_state") as failed:
        terraform.open(ENVIRONMENT, NAMES)
    assert "-backend-config=key=environment.tfstate" in str(failed.value.values["settings"])
    moved = ["init", "-migrate-state", "-force-copy", *terraform._bucket(ENVIRONMENT, NAMES)]
    subprocess.run(["terraform", f"-chdir={folder}", *moved], check=True, capture_output=True)
    (folder / "terraform.tfstate").unlink()
    assert terraform.open(ENVIRONMENT, NAMES)
    assert terraform.plan(ENVIRONMENT, {"image_digest": "sha256:1"}).is_empty


# ---- Values


def test_what_is_stated_for_the_environment_counts_for_the_bootstrap(tree: Path, s3: str, bucket: Any) -> None:
    (tree / "environments/prod/terraform.tfvars").write_text('size = "large"\ngithub_repository = "glimpse/chat"\n')
    more = tree / "more.tfvars"
    more.write_text('size = "huge"\n')
    terraform = program(tree, s3, ("file", str(more)), ("option", "github_repository=other/chat"))
    terraform.open(BOOTSTRAP, NAMES, is_kept=False)
    terraform.apply(BOOTSTRAP, terraform.plan(BOOTSTRAP, VARIABLES))
    assert terraform.outputs(BOOTSTRAP)["github_repository"] == "other/chat"
    terraform.open(ENVIRONMENT, NAMES)
    plan = terraform.plan(ENVIRONMENT, {"image_digest": "sha256:1"})
    planned = json.loads(Path(plan.json_file).read_text())
    assert planned["variables"]["size"]["value"] == "huge"


# ---- Plans and applies


def test_the_two_applies_do_what_the_plan_said(tree: Path, s3: str, bucket: Any) -> None:
    told = Told()
    terraform = program(tree, s3, told=told)
    terraform.open(ENVIRONMENT, NAMES)
    digest = {"image_digest": "sha256:1"}
    whole = terraform.plan(ENVIRONMENT, digest)
    assert {change.address for change in whole.changes} == {
        "terraform_data.network", "terraform_data.alarms", MIGRATION,
        "module.ecs.terraform_data.definition", "module.ecs.terraform_data.service",
    }  # fmt: skip
    assert {change.actions for change in whole.changes} == {("create",)}
    first = terraform.plan(ENVIRONMENT, digest, MIGRATION)
    assert {change.address for change in first.changes} == {
        "terraform_data.network", "module.ecs.terraform_data.definition", MIGRATION,
    }  # fmt: skip
    terraform.apply(ENVIRONMENT, first)
    assert terraform.outputs(ENVIRONMENT)["migration"] == {"cluster": "glimpse-prod", "task_definition": "sha256:1"}
    assert "service" not in terraform.outputs(ENVIRONMENT)
    assert terraform.plan(ENVIRONMENT, digest, MIGRATION).is_empty
    rest = terraform.plan(ENVIRONMENT, digest)
    assert {change.address for change in rest.changes} == {
        "module.ecs.terraform_data.service", "terraform_data.alarms",
    }  # fmt: skip
    terraform.apply(ENVIRONMENT, rest)
    assert terraform.plan(ENVIRONMENT, digest).is_empty
    created = {values["address"] for code, values in told if code == "deploy_terraform_created"}
    assert created == {change.address for change in whole.changes}
    newer = terraform.plan(ENVIRONMENT, {"image_digest": "sha256:2"})
    assert {change.address for change in newer.changes} == {
        "module.ecs.terraform_data.definition", MIGRATION, "module.ecs.terraform_data.service",
    }  # fmt: skip


def test_a_plan_that_only_changes_outputs_is_not_empty(tree: Path, s3: str, bucket: Any) -> None:
    terraform = program(tree, s3)
    terraform.open(ENVIRONMENT, NAMES)
    terraform.apply(ENVIRONMENT, terraform.plan(ENVIRONMENT, {"image_digest": "sha256:1"}))
    with (tree / "environments/prod/main.tf").open("a") as file:
        file.write('output "more" { value = var.size }\n')
    plan = terraform.plan(ENVIRONMENT, {"image_digest": "sha256:1"})
    assert (plan.changes, plan.is_empty) == ([], False)
    terraform.apply(ENVIRONMENT, plan)
    assert terraform.outputs(ENVIRONMENT)["more"] == "small"


def test_it_is_looked_at_the_service_while_terraform_works(
    tree: Path, s3: str, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("glimpse.operations.outside.deploy.terraform_process.POLL_SECONDS", 0.0)
    terraform, looks = program(tree, s3), list[str]()
    terraform.open(ENVIRONMENT, NAMES)
    plan = terraform.plan(ENVIRONMENT, {"image_digest": "sha256:1"})
    assert not looks
    terraform.apply(ENVIRONMENT, plan, lambda: looks.append("look"))
    assert looks


def test_a_replacement_and_what_is_only_read_are_told_apart() -> None:
    def row(address: str, mode: str, *actions: str) -> Mapping[str, Any]:
        return {"address": address, "type": "t", "mode": mode, "change": {"actions": list(actions)}}

    rows = [row("a", "managed", "delete", "create"), row("b", "managed", "no-op"), row("c", "data", "read")]
    assert changes_of({"resource_changes": rows}) == [Change("a", "t", ("delete", "create"))]
    assert changes_of({}) == []


def test_an_error_is_told_in_the_words_of_terraform_with_its_place(tree: Path, s3: str, bucket: Any) -> None:
    terraform = program(tree, s3, ("option", "wait=exit 3"))
    terraform.open(ENVIRONMENT, NAMES)
    plan = terraform.plan(ENVIRONMENT, {"image_digest": "sha256:1"})
    with pytest.raises(Failure) as failed:
        terraform.apply(ENVIRONMENT, plan)
    assert failed.value.code == "deploy_terraform_failed"
    detail = str(failed.value.values["detail"])
    assert "module.ecs.terraform_data.service" in detail
    assert "exit status 3" in detail
    with (tree / "environments/prod/main.tf").open("a") as file:
        file.write("nonsense {}\n")
    with pytest.raises(Failure) as failed:
        terraform.plan(ENVIRONMENT, {"image_digest": "sha256:1"})
    assert "main.tf:" in str(failed.value.values["detail"])


def test_a_plan_of_an_older_state_is_refused(tree: Path, s3: str, bucket: Any) -> None:
    terraform = program(tree, s3)
    terraform.open(ENVIRONMENT, NAMES)
    older = terraform.plan(ENVIRONMENT, {"image_digest": "sha256:1"})
    terraform.apply(ENVIRONMENT, terraform.plan(ENVIRONMENT, {"image_digest": "sha256:2"}))
    with pytest.raises(Failure) as failed:
        terraform.apply(ENVIRONMENT, older)
    assert "stale" in str(failed.value.values["detail"]).lower()


def test_without_terraform_there_is_a_sentence(tree: Path, tmp_path: Path) -> None:
    roots = Roots(tree / "bootstrap", tree / "environments/prod")
    terraform = TerraformProgram(roots, tmp_path, Told(), program="terraform-that-is-not-there")
    with pytest.raises(Failure, match="deploy_terraform_missing"):
        terraform.open(BOOTSTRAP, NAMES, is_kept=False)


# ---- Two at once, and the end by a signal

RUN = """
import signal, sys
from pathlib import Path
from glimpse.operations.outside.deploy.terraform import Roots, TerraformProgram
from glimpse.operations.releases.names import Names
# What a shell starts in the background ignores it.
signal.signal(signal.SIGINT, signal.default_int_handler)
tree, scratch, settings, wait = Path(sys.argv[1]), Path(sys.argv[2]), eval(sys.argv[3]), sys.argv[4]
values = [("option", f"wait={wait}")]
terraform = TerraformProgram(Roots(tree / "bootstrap", tree / "environments/prod", values), scratch, lambda *a, **b: None, settings)
terraform.open("environment", Names("glimpse-prod", "000000000000", "ap-northeast-2"))
terraform.apply("environment", terraform.plan("environment", {"image_digest": "sha256:1"}))
print("applied")
"""


def start_apply(tree: Path, s3: str, mark: Path) -> subprocess.Popen[bytes]:
    """An apply that waits within its last resource until the file `mark` is gone; returns once it waits."""
    scratch = tree.parent / "scratch-child"
    scratch.mkdir()
    wait = f"touch {mark} && while test -e {mark}; do sleep 0.1; done"
    command = [sys.executable, "-c", RUN, str(tree), str(scratch), repr(backend_settings(s3)), wait]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    wait_until(mark.exists)
    return process


def wait_until(is_so: Any) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_second_deploy_at_once_is_told_who_has_the_lock(tree: Path, s3: str, bucket: Any, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    process = start_apply(tree, s3, mark)
    try:
        terraform = program(tree, s3)
        terraform.open(ENVIRONMENT, NAMES)
        with pytest.raises(Failure) as failed:
            terraform.plan(ENVIRONMENT, {"image_digest": "sha256:2"})
        assert failed.value.code == "deploy_state_locked"
        values = failed.value.values
        assert "@" in str(values["who"])
        assert values["operation"] == "OperationTypeApply"
        assert len(str(values["id"])) == 36
        assert str(values["since"])[:2] == "20"
    finally:
        mark.unlink()
    assert process.wait(PATIENCE_SECONDS) == 0


def test_a_killed_deploy_leaves_terraform_to_finish_its_apply_and_to_let_the_lock_go(
    tree: Path, s3: str, bucket: Any, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    process = start_apply(tree, s3, mark)
    process.kill()
    process.wait(PATIENCE_SECONDS)
    assert "environment.tfstate.tflock" in keys(bucket)
    mark.unlink()
    wait_until(lambda: "environment.tfstate.tflock" not in keys(bucket))
    terraform = program(tree, s3)
    terraform.open(ENVIRONMENT, NAMES)
    assert only_wait_differs(terraform.plan(ENVIRONMENT, {"image_digest": "sha256:1"}))


def only_wait_differs(plan: TerraformPlan) -> bool:
    """`wait` is only read by a provisioner, so nothing is left to do."""
    return plan.is_empty


def test_ctrl_c_waits_until_terraform_has_saved_what_it_did(tree: Path, s3: str, bucket: Any, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    process = start_apply(tree, s3, mark)
    process.send_signal(signal.SIGINT)
    mark.unlink()
    assert process.wait(PATIENCE_SECONDS) != 0
    assert "environment.tfstate.tflock" not in keys(bucket)
    state = json.loads(bucket.get_object(Bucket=NAMES.state_bucket, Key="environment.tfstate")["Body"].read())
    assert "migration" in {row["name"] for row in state["resources"]}
