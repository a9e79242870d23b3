"""The module `roles`: what the service may do."""

import json
import re

from tests.conftest import REPOSITORY
from tests.infrastructure.terraform_plans import POLICIES, SECOND, Plan, source, sources

BUCKETS = ("bootstrap/state.tf", "modules/s3/main.tf")
"""Their policies refuse all that comes in the clear."""


def test_no_role_may_do_everything() -> None:
    for name, text in sources().items():
        assert not re.search(r'Action += \[?"(\*|[\w-]+:\*)"', text) or name in BUCKETS
        assert "managed_policy_arns" not in text, name
        assert "aws_iam_role_policy_attachment" not in text or name == "bootstrap/ci.tf", name
    anywhere = re.findall(r'Action += "([^"]+)"\s+Resource += "\*"', "\n".join(sources().values()))
    assert anywhere == ["ecr:GetAuthorizationToken"]
    assert "\n".join(sources().values()).count('Resource = "*"') <= 1


def test_the_service_may_touch_its_uploads_and_nothing_else() -> None:
    task = re.search(
        r'^resource "aws_iam_role_policy" "task".*?^\}',
        source("modules", "roles", "main.tf"),
        re.M | re.S,
    )
    assert task
    assert set(re.findall(r'"(\w+:\w+)"', task[0])) == {
        "s3:DeleteObject",
        "s3:GetObject",
        "s3:PutObject",
        "s3:ListBucket",
    }
    # The last one is what makes S3 say that nothing is there, and is of the bucket; the others are of its objects.
    assert re.findall(r"Resource += (\S+)", task[0]) == ["var.object_arns", "var.bucket_arn"]


def test_no_role_of_an_environment_may_do_more_than_the_policy_that_its_bootstrap_made(plans: dict[str, Plan]) -> None:
    made = plans["second_bootstrap"].resources["aws_iam_policy.boundary"]
    checked_in = (REPOSITORY / POLICIES / "boundary-policy.json").read_text()
    assert json.loads(made["policy"]) == json.loads(checked_in.replace("glimpse-prod", SECOND["name"]))
    roles = plans["second_environment"].of_type("aws_iam_role")
    assert len(roles) == 4
    for role in roles:
        assert role["permissions_boundary"].endswith(f":policy/{made['name']}"), role["name"]
