"""
What `glimpse deploy` is put together from: the command, its dry run and its rehearsal, the prices of a plan, the
programs it needs; and a whole run of the real adapters, which call AWS as declared. botocore validates each call.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from glimpse.chat.failure import Failure
from glimpse.operations import deploy
from glimpse.operations.deployment import Tasks
from glimpse.operations.options import DeployOptions
from glimpse.operations.outside.deploy.account import AwsAccount, Needs, needs_of
from glimpse.operations.outside.deploy.builders import Login
from glimpse.operations.outside.deploy.calls import DeployCalls, record_calls
from glimpse.operations.outside.deploy.certificates import AcmCertificates
from glimpse.operations.outside.deploy.ecs import EcsContainers
from glimpse.operations.outside.deploy.images import EcrImages
from glimpse.operations.outside.deploy.prices import Bill, PlannedPrices, budget_of, compared, state_before
from glimpse.operations.outside.deploy.rehearsal import rehearsal
from glimpse.operations.outside.deploy.secrets import AwsSecrets
from glimpse.operations.outside.deploy.terraform import FILE, OPTION, Roots, TerraformProgram
from glimpse.operations.outside.deploy.tools import LocalTools
from glimpse.operations.releases.calls import CALLS, REGISTRY, VERIFY
from glimpse.operations.releases.changes import actions_of, not_agreed
from glimpse.operations.releases.dry_run import dry_run
from glimpse.operations.releases.names import MIGRATION, Names
from glimpse.operations.releases.ports import BOOTSTRAP, ENVIRONMENT, Ports
from glimpse.operations.releases.progress import DeployRequest
from glimpse.operations.releases.rights import deploy_actions
from glimpse.operations.releases.steps import STEPS, run_deploy
from glimpse.operations.releases.values import Bills, TerraformPlan
from glimpse.words import Words
from tests.conftest import OWN, REPOSITORY, SEOUL
from tests.infrastructure.terraform_plans import STAND_IN
from tests.operations.aws_stack import aws_session, running_ministack
from tests.operations.deploy_backend import backend_settings
from tests.operations.deploy_calls import Refused, StubbedAws

DIGEST = "sha256:" + "5" * 64


def glimpse(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "glimpse", "deploy", *arguments]
    nowhere = {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    given = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120,
        env={**given, **nowhere, **environment},
    )  # fmt: skip


# ---- The command


def test_a_dry_run_lists_every_step_and_every_right_without_an_account() -> None:
    done = glimpse("--dry-run", "--lang", "en")
    assert (done.returncode, done.stderr) == (0, "")
    headings = re.findall(r"^\[(\d+)/12\] (\w+)", done.stdout, re.MULTILINE)
    assert [int(number) for number, _ in headings] == list(range(1, 13))
    actions = set(re.findall(r"[a-z0-9-]+:[A-Z][A-Za-z0-9]+", done.stdout))
    assert deploy_actions() <= actions


def test_a_dry_run_names_the_environment_and_speaks_korean() -> None:
    lines = list(dry_run("glimpse-dev", Words("ko")))
    assert not any("glimpse-prod" in line for line in lines)
    assert any("arn:aws:ecs:*:*:service/glimpse-dev/*" in line for line in lines)
    assert re.search("[가-힣]", lines[0])


@pytest.mark.parametrize("case", ["good", "broken-image", "no-credentials"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_rehearsal_prints_sentences_and_has_the_exit_code_of_the_case(case: str, language: str) -> None:
    done = glimpse("--rehearse", case, "--lang", language)
    assert done.returncode == {"good": 0, "broken-image": 1, "no-credentials": 2}[case]
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert not re.search(r"deploy_\w+|\{\w+\}", done.stderr)
    assert bool(re.search("[가-힣]", done.stderr)) == (language == "ko")


def test_a_rehearsal_shows_the_money_of_the_real_plan() -> None:
    done = glimpse("--rehearse", "good", "--lang", "en")
    bills = re.findall(r"Monthly bill: \$(\d+\.\d\d)\.", done.stderr)
    assert len(bills) == 2
    assert float(bills[0]) < 5 < float(bills[1])


def test_without_credentials_there_is_a_sentence() -> None:
    given = ["--var", "domain_name=chat.glimpse.kr", "--var", "alarm_email=ops@glimpse.kr"]
    done = glimpse("--lang", "en", *given, AWS_DEFAULT_REGION=SEOUL)
    assert done.returncode == 2
    assert "No AWS credentials" in done.stderr


def test_a_variable_without_a_value_is_named_before_aws_is_asked() -> None:
    done = glimpse("--lang", "en", "--yes", "--var", "domain_name=chat.glimpse.kr")
    assert done.returncode == 2
    assert "These variables have no value: alarm_email." in done.stderr


def test_a_domain_that_nobody_can_own_is_refused_before_aws_is_asked() -> None:
    done = glimpse("--lang", "en", "--yes")
    assert done.returncode == 2
    assert "domain_name is chat.example.com, which nobody can own" in done.stderr


def test_a_folder_that_is_no_environment_is_refused(tmp_path: Path) -> None:
    done = glimpse(str(tmp_path), "--lang", "en")
    assert done.returncode == 2
    assert "not an environment of this repository" in done.stderr


def test_a_person_who_is_not_there_is_not_asked() -> None:
    asked = DeployOptions([str(OWN)], rehearsal="good", asks=False)
    assert deploy.run(asked, Words("en")) == 0


def test_ctrl_c_and_sigterm_end_with_the_exit_code_of_a_shell() -> None:
    def interrupted() -> int:
        os.kill(os.getpid(), signal.SIGTERM)
        raise AssertionError("the signal came")

    before = signal.getsignal(signal.SIGTERM)
    assert deploy._interruptible(interrupted) == deploy.INTERRUPTED
    assert signal.getsignal(signal.SIGTERM) is before


# ---- What both roots are given


def test_a_value_goes_to_the_root_that_declares_it(tmp_path: Path) -> None:
    bootstrap, environment = tmp_path / "bootstrap", tmp_path / "environments/prod"
    for folder, names in ((bootstrap, ("name", "owner")), (environment, ("name", "size"))):
        folder.mkdir(parents=True)
        (folder / "variables.tf").write_text("".join(f'variable "{name}" {{}}\n' for name in names))
    given = ["--var", "owner=me", "--var-file", "x.tfvars", "--var", "size=1", "--var", "name=n", "--var", "other=2"]
    roots = Roots.of([str(environment), "--project", "p", *given], "eu-west-1")
    file = (FILE, str(Path("x.tfvars").resolve()))
    assert roots.bootstrap == bootstrap
    assert roots.values_of("bootstrap") == [(OPTION, "owner=me"), file, (OPTION, "name=n")]
    assert roots.values_of(ENVIRONMENT) == [
        (OPTION, "region=eu-west-1"), file, (OPTION, "size=1"), (OPTION, "name=n"), (OPTION, "other=2"),
    ]  # fmt: skip
    assert roots.plan_arguments()[:3] == [str(environment), "--var", "region=eu-west-1"]


# ---- Programs


def program(folder: Path, name: str, printed: str) -> str:
    file = folder / name
    file.write_text(f"#!/bin/sh\necho '{printed}'\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return str(file)


def test_each_program_that_is_missing_or_too_old_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = program(tmp_path, "terraform-old", '{"terraform_version": "1.9.8"}')
    new = program(tmp_path, "terraform-new", '{"terraform_version": "1.10.0-rc1"}')
    odd = program(tmp_path, "terraform-odd", "nothing that can be read")

    def missing(terraform: str, *, has_builder: bool = True, needs_builder: bool = True) -> Sequence[str]:
        tools = LocalTools(
            lambda: has_builder, lambda: needs_builder, REPOSITORY / deploy.AUTHORITIES, SEOUL, terraform
        )
        return [code for code, _ in tools.missing()]

    assert missing(new) == []
    assert missing(old) == ["deploy_tool_old"]
    assert missing(odd) == missing(str(tmp_path / "none")) == ["deploy_tool_missing"]
    assert missing(new, has_builder=False) == ["deploy_no_builder"]
    assert missing(new, has_builder=False, needs_builder=False) == []
    monkeypatch.setenv("PATH", str(tmp_path))
    assert missing(new) == ["deploy_tool_missing"], "git"


def test_a_region_whose_databases_the_image_would_not_know_is_a_sentence(tmp_path: Path) -> None:
    new = program(tmp_path, "terraform-new", '{"terraform_version": "1.10.0"}')

    def missing(region: str, file: Path = REPOSITORY / deploy.AUTHORITIES) -> Sequence[str]:
        return [code for code, _ in LocalTools(lambda: True, lambda: True, file, region, new).missing()]

    assert missing("ap-northeast-2") == missing("us-east-1") == missing("eu-central-2") == []
    for region in ("ap-east-2", "ap-southeast-5", "ap-southeast-7", "ca-west-1", "mx-central-1"):
        assert missing(region) == ["deploy_authority_missing"], region
    assert missing("ap-east-2", tmp_path / "none.pem") == [], "an image that is built elsewhere"


# ---- Prices


def bill(*lines: tuple[str, str | None], total: str = "0", at_least: bool = False) -> Bill:
    rows = [{"id": name, "address": name, "component": "hours", "monthly_usd": usd} for name, usd in lines]
    return msgspec.convert(
        {"schema": "glimpse.bill/1", "monthly_usd": total, "lines": rows, "at_least": at_least}, Bill
    )


def test_the_lines_that_change_are_told_the_largest_first() -> None:
    before = bill(("same", "5.00"), ("gone", "1.00"), ("dearer", "2.00"), total="8.00")
    after = bill(
        ("same", "5.00"), ("dearer", "9.00"), ("new", "3.00"), ("unpriced", None), total="17.00", at_least=True
    )
    lines = [("dearer hours", "2.00", "9.00"), ("new hours", "0.00", "3.00"), ("gone hours", "1.00", "0.00")]
    assert compared(before, after, "10") == Bills("8.00", "17.00", lines, True, "10")
    assert compared(None, after, None).before is None


def test_an_empty_state_is_none_and_a_budget_is_found_in_a_module() -> None:
    data = {"mode": "data", "type": "aws_caller_identity", "values": {}}
    assert state_before({"prior_state": {"values": {"root_module": {"resources": [data]}}}}) is None
    assert state_before({}) is None
    budget = {"mode": "managed", "type": "aws_budgets_budget", "values": {"limit_amount": "100"}}
    assert budget_of({"planned_values": {"root_module": {"child_modules": [{"resources": [budget]}]}}}) == "100"


def test_a_plan_that_the_planner_cannot_read_is_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text("{}")
    with pytest.raises(Failure, match="deploy_bill_unread"):
        PlannedPrices(tmp_path, tmp_path, SEOUL).bills(TerraformPlan([], "plan", str(file)))


TASK_DEFINITION = f"arn:aws:ecs:{SEOUL}:111122223333:task-definition/glimpse-prod-api:3"
IDS = {
    "module.ecs.aws_ecs_task_definition.this": {"arn": TASK_DEFINITION, "id": "glimpse-prod-api"},
    "module.ecs.aws_ecs_service.this": {"task_definition": TASK_DEFINITION},
    "module.networking.aws_launch_template.nat[0]": {"id": "lt-1"},
    "module.networking.aws_autoscaling_group.nat[0]": {"launch_template": [{"id": "lt-1", "version": "1"}]},
}
"""What AWS names, and a plan of a first apply does not know yet: by these a state joins what belongs together."""


@pytest.mark.skipif(not STAND_IN.exists(), reason="NOT RUN: there is no stand-in for the AWS provider")
def test_both_roots_are_planned_in_two_parts_and_priced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real trees, by the real Terraform, with the state in a bucket of ministack."""
    ignored = shutil.ignore_patterns(".terraform*", "*.tfstate*", "backend_override.tf")
    shutil.copytree(REPOSITORY / "infrastructure/terraform", tmp_path / "infrastructure/terraform", ignore=ignored)
    policies = Path("src/glimpse/operations/outside/aws")
    shutil.copytree(REPOSITORY / policies, tmp_path / policies)
    environment = tmp_path / "infrastructure/terraform/environments/startup-prod"
    (environment / "terraform.tfvars").write_text(
        'alarm_email = "ops@example.com"\ngithub_repository = "glimpse/chat"\nmonthly_budget_usd = 50\n'
    )
    roots = Roots.of([str(environment)], SEOUL)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with running_ministack(tmp_path) as s3:
        names = Names("glimpse-prod", "000000000000", SEOUL)
        bucket = {"Bucket": names.state_bucket, "CreateBucketConfiguration": {"LocationConstraint": SEOUL}}
        aws_session().client("s3", endpoint_url=s3).create_bucket(**bucket)
        terraform = TerraformProgram(roots, tmp_path, Recorder().tell, backend_settings(s3), str(STAND_IN))
        prices = PlannedPrices(roots.bootstrap, roots.environment, SEOUL)
        terraform.open(BOOTSTRAP, names, is_kept=False)
        given = {"name": names.name, "region": SEOUL, "domain_name": "chat.example.com"}
        bootstrap = terraform.plan(BOOTSTRAP, given)
        assert {"aws_s3_bucket.state", "aws_iam_role.deploy[0]"} <= {change.address for change in bootstrap.changes}
        assert 0 < float(prices.bills(bootstrap).after) < 5
        terraform.open(ENVIRONMENT, names)
        whole = terraform.plan(ENVIRONMENT, {"image_digest": DIGEST})
        first = terraform.plan(ENVIRONMENT, {"image_digest": DIGEST}, MIGRATION)
    assert not_agreed(first, actions_of(whole)) == []
    types = {change.type for change in first.changes}
    assert {"aws_db_instance", "aws_ecs_task_definition"} <= types
    assert not types & {"aws_ecs_service", "aws_lb"}
    bills = prices.bills(whole)
    assert (bills.before, bills.budget) == (None, "50")
    assert float(bills.after) > 50
    applied = as_applied(json.loads(Path(whole.json_file).read_text()))
    Path(whole.json_file).write_text(json.dumps(applied))
    again = prices.bills(whole)
    assert (again.before, again.after, list(again.lines)) == (bills.after, bills.after, [])


def as_applied(plan: Any) -> Mapping[str, Any]:
    """The plan of a second apply, before which the first one has made everything."""
    state = json.loads(json.dumps(plan["planned_values"]))

    def fill(module: Any) -> None:
        for row in module.get("resources", ()):
            row.setdefault("values", {}).update(IDS.get(row["address"], {}))
        for child in module.get("child_modules", ()):
            fill(child)

    fill(state["root_module"])
    prior = {"format_version": "1.0", "terraform_version": plan["terraform_version"], "values": state}
    return {**plan, "prior_state": prior}


# ---- A run of the real adapters


class Recorder:
    """The rights that were needed in each step."""

    def __init__(self) -> None:
        self.step = ""
        self.rights: dict[str, set[str]] = {step: set() for step in STEPS}
        self.codes: list[str] = []

    def tell(self, code: str, /, **values: str | int) -> None:
        self.codes.append(code)
        if code.startswith("deploy_step_"):
            self.step = code.removeprefix("deploy_step_")

    def record(self, right: str) -> None:
        self.rights[self.step].add(right)


class FakeBuilder:
    def build(self, dockerfile: Path, context: Path, platform: str, image: str) -> None: ...

    def push(self, image: str, login: Login, folder: Path) -> None: ...


def definition(digest: str, name: str) -> Mapping[str, Any]:
    log = {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/glimpse-prod", "awslogs-stream-prefix": name}}
    container = {
        "name": name,
        "image": f"111122223333.dkr.ecr.{SEOUL}.amazonaws.com/x@{digest}",
        "logConfiguration": log,
    }
    return {"taskDefinition": {"containerDefinitions": [container]}}


def answers(store: str, *, is_broken: bool) -> Mapping[str, Any]:
    """AWS's answers to a first deploy. Where it is broken, Terraform has just deleted the secret of the other store."""
    task = f"arn:aws:ecs:{SEOUL}:111122223333:task/glimpse-prod/0123456789abcdef"
    running = f"arn:aws:ecs:{SEOUL}:111122223333:task-definition/glimpse-prod-api:1"
    now = datetime(2027, 1, 1, tzinfo=UTC)
    image = {"imageDetails": [{"registryId": "111122223333", "imageDigest": DIGEST}]}
    stopped = {
        "taskArn": task, "taskDefinitionArn": running, "lastStatus": "STOPPED", "stoppedReason": "done",
        "containers": [{"name": "migrate", "exitCode": 0}],
    }  # fmt: skip
    deployment = {
        "id": "ecs-svc/1", "status": "PRIMARY", "rolloutState": "FAILED" if is_broken else "COMPLETED",
        "taskDefinition": running, "desiredCount": 2, "runningCount": 2, "pendingCount": 0,
    }  # fmt: skip
    service = {"serviceName": "glimpse-api", "status": "ACTIVE", "desiredCount": 2, "runningCount": 2,
               "deployments": [deployment], "events": []}  # fmt: skip
    no_secret: Any = Refused("ResourceNotFoundException")
    has_secret = {"VersionIdsToStages": {"1": ["AWSCURRENT"]}, **({"DeletedDate": now} if is_broken else {})}
    return {
        "GetCallerIdentity": {"Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/me", "UserId": "A"},
        "DescribeRegions": {"Regions": [{"RegionName": SEOUL, "OptInStatus": "opt-in-not-required"}]},
        "GetServiceQuota": Refused("NoSuchResourceException"),
        "GetAWSDefaultServiceQuota": {"Quota": {"Value": 6.0}},
        "DescribeAvailabilityZones": {
            "AvailabilityZones": [{"ZoneName": "ap-northeast-2a", "ZoneId": "apne2-az3", "State": "available"}]
        },
        "DescribeVpcs": {"Vpcs": []},
        "GetRole": Refused("NoSuchEntity"),
        "SimulatePrincipalPolicy": {"EvaluationResults": [{"EvalActionName": "x", "EvalDecision": "allowed"}]},
        "HeadBucket": {} if is_broken else Refused("404"),
        "HeadObject": Refused("404"),
        "DescribeCertificate": {"Certificate": {"Status": "ISSUED", "DomainName": "chat.example.com"}},
        "DescribeImages": [Refused("ImageNotFoundException"), image],
        "GetAuthorizationToken": {
            "authorizationData": [{"authorizationToken": base64.b64encode(b"AWS:token").decode()}]
        },
        "GetParameter": Refused("ParameterNotFound"),
        "PutParameter": {"Version": 1},
        "DescribeSecret": has_secret if store == "parameter_store" else no_secret,
        "RestoreSecret": {},
        "DeleteSecret": {},
        "GetSecretValue": {"SecretString": "old"},
        "PutSecretValue": {},
        "ListTasks": {"taskArns": []},
        "DescribeTaskDefinition": lambda asked: definition(DIGEST, "migrate"),
        "RunTask": {"tasks": [{"taskArn": task}], "failures": []},
        "DescribeTasks": {"tasks": [stopped]},
        "GetLogEvents": {"events": [{"timestamp": int(now.timestamp() * 1000), "message": "migrated"}]},
        "DescribeServices": {"services": [service]},
    }  # fmt: skip


def recorded_run(store: str, fails_in: str | None = None) -> tuple[int, Recorder]:
    """
    A deploy by the real adapters, whose Terraform alone is that of a rehearsal. A service without running tasks already
    fails in the apply.
    """
    made, recorder, is_broken = rehearsal("good"), Recorder(), fails_in is not None
    behavior = made.ecs.behavior
    behavior.start_problem, behavior.serves = (
        lambda digest: "broken" if fails_in == "apply" else None,
        lambda digest: True,
    )
    made.aws.has_bucket = made.terraform._has_local_state = is_broken
    aws = StubbedAws(answers(store, is_broken=is_broken))
    record_calls(aws.session, recorder.record)
    calls = DeployCalls(aws.session, SEOUL)
    fakes = made.ports(lambda question: True, recorder.tell)
    names = ({"name": "/glimpse-prod/jwt-signing-keys", "store": store, "kind": "random"},)

    class WithSecrets:
        def __getattr__(self, name: str) -> Any:
            return getattr(fakes.terraform, name)

        def outputs(self, root: str) -> Mapping[str, object]:
            return {**fakes.terraform.outputs(root), "secrets": names}

    ports: Ports = replace(
        fakes,
        account=AwsAccount(calls, calls, Needs(1, 1, ["ap-northeast-2a"])),
        certificates=AcmCertificates(aws.session),
        images=EcrImages(calls, REPOSITORY, FakeBuilder),
        secrets=AwsSecrets(calls),
        containers=EcsContainers(calls, made.aws.clock),
        terraform=WithSecrets(),
    )
    return run_deploy(DeployRequest("glimpse-prod", "chat.example.com", is_agreed=True), ports), recorder


IMPLIED = {"iam:PassRole", "ecs:TagResource"}
"""AWS asks for these rights during RunTask; they are no calls."""


def test_a_recorded_run_calls_what_is_declared_and_all_of_it() -> None:
    seen: set[tuple[str, str]] = set()
    for store, fails_in in (
        ("parameter_store", None), ("secrets_manager", None), ("parameter_store", "apply"), ("parameter_store", "rollout"),
    ):  # fmt: skip
        code, recorder = recorded_run(store, fails_in)
        assert (code, recorder.step) == ((0, "verify") if fails_in is None else (1, fails_in)), recorder.codes
        for step, rights in recorder.rights.items():
            assert rights <= {call.right for call in CALLS[step]}, step
            seen |= {(step, right) for right in rights}
    declared = {
        (step, call.right)
        for step, calls in CALLS.items()
        for call in calls
        if call.service != REGISTRY and call not in VERIFY
    }
    assert {pair for pair in declared if pair[1] not in IMPLIED} - seen == set()


def test_the_vcpu_of_the_fullest_moment_are_what_the_account_must_allow() -> None:
    tasks = Tasks(desired=4, fewest=2, most=4, vcpu=0.5, on_demand=1, spot=3, maximum_percent=200)
    assert needs_of(tasks, ["apne2-az1"]) == Needs(1.5, 3.0, ["apne2-az1"])
