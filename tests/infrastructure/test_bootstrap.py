"""The root `bootstrap`: the state bucket, the registry, the zone with its certificates, and the roles of CI."""

import json
import re
from pathlib import Path

import pytest

from glimpse.planner.money import usd_text
from glimpse.planner.outside import workload_files
from tests.conftest import REPOSITORY, estimator_for, read_stack
from tests.infrastructure.terraform_plans import BOOTSTRAP, ENVIRONMENT, POLICIES, SECOND, TREE, Plan, block, source


@pytest.fixture
def bootstrap(plans: dict[str, Plan]) -> Plan:
    return plans["bootstrap"]


def test_the_state_is_kept_safe(bootstrap: Plan) -> None:
    bucket = bootstrap.one("aws_s3_bucket")
    assert bucket["force_destroy"] is False
    access = bootstrap.one("aws_s3_bucket_public_access_block")
    assert all(access[name] for name in access if name.startswith(("block_", "ignore_", "restrict_")))
    assert block(bootstrap.one("aws_s3_bucket_versioning"), "versioning_configuration")["status"] == "Enabled"
    rule = block(bootstrap.one("aws_s3_bucket_server_side_encryption_configuration"), "rule")
    assert block(rule, "apply_server_side_encryption_by_default")["sse_algorithm"] == "AES256"
    rule = block(bootstrap.one("aws_s3_bucket_lifecycle_configuration"), "rule")
    assert block(rule, "noncurrent_version_expiration")["noncurrent_days"] == 90
    assert not [each for each in rule["expiration"] if each.get("days")], "the state itself must never expire"
    assert "aws:SecureTransport" in source(str(BOOTSTRAP), "state.tf")


def test_only_the_environment_has_a_backend_in_its_files_and_both_lock_by_the_bucket() -> None:
    assert not re.search(r'^  backend "', source(str(BOOTSTRAP), "versions.tf"), re.MULTILINE)
    text = source(str(ENVIRONMENT), "versions.tf")
    assert re.search(r'^  backend "s3" \{\n[^}]*use_lockfile = true', text, re.MULTILINE)
    for root in (BOOTSTRAP, ENVIRONMENT):
        assert 'required_version = ">= 1.10"' in source(str(root), "versions.tf")


def test_images_are_never_overwritten_and_fifty_are_kept(bootstrap: Plan) -> None:
    repository = bootstrap.one("aws_ecr_repository")
    assert repository["image_tag_mutability"] == "IMMUTABLE"
    assert block(repository, "image_scanning_configuration")["scan_on_push"] is True
    (rule,) = json.loads(bootstrap.one("aws_ecr_lifecycle_policy")["policy"])["rules"]
    assert rule["selection"]["countType"] == "imageCountMoreThan"
    assert rule["selection"]["countNumber"] == 50


def test_every_certificate_has_a_record_that_proves_its_name(bootstrap: Plan) -> None:
    certificates = bootstrap.of_type("aws_acm_certificate")
    assert all(certificate["validation_method"] == "DNS" for certificate in certificates)
    assert len({certificate["domain_name"] for certificate in certificates}) == 2
    assert len(bootstrap.of_type("aws_route53_record")) == 2, "ACM asks for the same record of a name in every region"


def test_two_roles_are_lent_to_jobs_of_one_repository_and_only_where_people_decided(bootstrap: Plan) -> None:
    text = source(str(BOOTSTRAP), "ci.tf")
    subjects = re.findall(r'"\$\{local\.github\}:sub" = "(.*)"', text)
    assert subjects == [
        "repo:${var.github_repository}:environment:${var.github_environment}",
        "repo:${var.github_repository}:ref:refs/heads/main",
    ]
    assert "StringLike" not in text
    assert text.count('"${local.github}:aud" = "sts.amazonaws.com"') == 2
    deploy, watch = (bootstrap.resources[f"aws_iam_role.{name}[0]"] for name in ("deploy", "watch"))
    assert (deploy["name"], watch["name"]) == ("glimpse-prod-deploy", "glimpse-prod-watch")
    workflow = (REPOSITORY / ".github" / "workflows" / "deploy.yml").read_text()
    (environment,) = re.findall(r"^ +environment: (\w+)$", workflow, re.MULTILINE)
    assert bootstrap.document["variables"]["github_environment"]["value"] == environment
    (seconds,) = re.findall(r"role-duration-seconds: (\d+)", workflow)
    assert int(seconds) <= deploy["max_session_duration"]


@pytest.mark.parametrize(
    ("address", "limit"),
    [
        ('aws_iam_policy.deploy["deploy"]', 6_144),
        ('aws_iam_policy.deploy["deploy-network"]', 6_144),
        ('aws_iam_policy.deploy["deploy-data"]', 6_144),
        ("aws_iam_role_policy.watch[0]", 10_240),
    ],
)
def test_a_role_has_the_policies_that_are_checked_in_with_the_names_of_its_environment(
    plans: dict[str, Plan], address: str, limit: int
) -> None:
    (name,) = re.findall(r'"(.*)"|\.(watch)', address)
    checked_in = (REPOSITORY / POLICIES / f"{''.join(name)}-policy.json").read_text()
    second = plans["second_bootstrap"].resources[address]["policy"]
    assert json.loads(second) == json.loads(checked_in.replace("glimpse-prod", SECOND["name"]))
    assert "glimpse-prod" in checked_in
    assert len(re.sub(r"\s", "", second)) <= limit, "IAM takes no more"


def test_without_a_repository_on_github_there_is_nothing_for_it() -> None:
    text = source(str(BOOTSTRAP), "ci.tf")
    made = re.findall(r'^resource "[^"]+" "[^"]+" \{\n  (?:count|for_each) = (.*)$', text, re.MULTILINE)
    assert len(made) == len(re.findall(r"^resource ", text, re.MULTILINE)) == 6
    assert all('var.github_repository != ""' in count for count in made)


def test_it_costs_53_cents_a_month_also_by_its_plan(bootstrap: Plan, tmp_path: Path) -> None:
    root = TREE / BOOTSTRAP
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(bootstrap.document))
    estimator = estimator_for(workload=workload_files.workload_beside(root, None))
    from_files, from_plan = estimator.bill(read_stack(root)), estimator.bill(read_stack(path))
    assert usd_text(from_files.monthly) == usd_text(from_plan.monthly) == "0.53", "the zone and the images"
    assert not from_files.at_least


def test_both_roots_take_the_same_names() -> None:
    """The bootstrap's cannot be changed any more when the environment refuses it."""
    pattern = r'variable "name" \{.*?condition\s+= ([^\n]+)\n\s+error_message = ([^\n]+)'
    found = [
        re.findall(pattern, (TREE / root / "variables.tf").read_text(), re.DOTALL) for root in (BOOTSTRAP, ENVIRONMENT)
    ]
    assert len(found[0]) == 1
    assert found[0] == found[1]
