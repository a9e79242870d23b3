"""
The order in which Terraform makes, changes and deletes, from one design to the next: what people use is there before
its old one goes. Terraform itself tells it, in its log of applies to a mocked AWS.
"""

import os
import re
from pathlib import Path

import pytest

from tests.infrastructure.conftest import locked
from tests.infrastructure.terraform_plans import DIGEST, ENVIRONMENT, Terraform

CHANGES = {
    "balancer": {},
    "both": {"ingress": "both"},
    "cloudfront": {"ingress": "cloudfront"},
    "without_nat_and_cache": {"ingress": "cloudfront", "egress": "ipv6_only", "bus": "postgresql"},
}
"""One after the other, on the same state: variables of each design."""

MOCK = f"""
mock_provider "aws" {{
  mock_data "aws_caller_identity" {{
    defaults = {{ account_id = "123456789012" }}
  }}

  mock_resource "aws_db_instance" {{
    defaults = {{ master_user_secret = [{{ secret_arn = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:rds" }}] }}
  }}

  mock_resource "aws_secretsmanager_secret" {{
    defaults = {{ arn = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:jwt" }}
  }}

  mock_resource "aws_vpc" {{
    defaults = {{ ipv6_cidr_block = "2001:db8::/56" }}
  }}
}}

variables {{
  image_digest       = "{DIGEST}"
  alarm_email        = "on-call@example.com"
  keep_alive_seconds = 65
  max_capacity       = 7
  database_pool      = 4
}}
"""

Order = list[tuple[str, str]]
SERVICE = ("Update", "module.ecs.aws_ecs_service.this")
RECORD = ("Update", "aws_route53_record.this")
APPLIED = re.compile(r"starting apply for \S+/(\w+)$|\] (\S+)(?: \(deposed \w+\))?: applying the planned (\w+) change$")


@pytest.fixture(scope="module")
def orders(terraform: Terraform, shared_folder: Path) -> dict[str, Order]:
    """Actions and addresses in the order of their beginning, by the design that is reached by them."""
    folder = shared_folder / "changes"
    folder.mkdir(exist_ok=True)
    log = folder / "log"
    with locked(folder):
        if not log.exists():
            apply_each(terraform, folder / "running")
            (folder / "running").rename(log)
    found: dict[str, Order] = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        applied = APPLIED.search(line)
        if applied and applied[1]:
            order = found.setdefault(applied[1], [])
        elif applied and found:
            order.append((applied[3], applied[2]))
        elif "starting destroy plan" in line:
            break
    return found


def apply_each(terraform: Terraform, log: Path) -> None:
    runs = "".join(
        f'run "{name}" {{\n  variables {{\n'
        + "".join(f'    {variable} = "{value}"\n' for variable, value in variables.items())
        + "  }\n}\n"
        for name, variables in CHANGES.items()
    )
    (terraform.tree / ENVIRONMENT / "changes.tftest.hcl").write_text(MOCK + runs)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TF_LOG_CORE", "debug")
        patch.setenv("TF_LOG_PATH", os.fspath(log))
        done = terraform.run(ENVIRONMENT, "test", "-no-color", "-filter=changes.tftest.hcl")
    assert done.returncode == 0, done.stdout + done.stderr


def deleted(order: Order, pattern: str) -> list[int]:
    """Where in the order what fits the pattern is deleted."""
    return [
        place for place, (action, address) in enumerate(order) if action == "Delete" and re.search(pattern, address)
    ]


def test_the_name_leads_to_cloudfront_once_it_is_deployed_and_the_tasks_are_registered(
    orders: dict[str, Order],
) -> None:
    order = orders["both"]
    service, record = order.index(SERVICE), order.index(RECORD)
    assert order.index(("Create", "module.internal_balancer[0].aws_lb_listener.https")) < service
    assert order.index(("Create", "module.cloudfront[0].aws_cloudfront_distribution.this")) < record
    assert service < record
    assert not deleted(order, ""), "the old way still answers"


def test_the_old_balancer_goes_after_the_tasks_have_left_it(orders: dict[str, Order]) -> None:
    order = orders["cloudfront"]
    gone = deleted(order, r'^module\.balancer\[0\]|"public"')
    assert len(gone) == 9
    assert order.index(SERVICE) < min(gone)
    assert order.index(RECORD) < min(gone)


@pytest.mark.parametrize("pattern", [r"\.aws_elasticache_|_cache\[0\]$", r"\.aws_autoscaling_group\.nat"])
def test_the_cache_and_the_nat_go_after_the_tasks_need_them_no_more(orders: dict[str, Order], pattern: str) -> None:
    order = orders["without_nat_and_cache"]
    gone = deleted(order, pattern)
    assert gone
    assert order.index(SERVICE) < min(gone)


def test_the_first_task_starts_when_its_way_out_and_its_balancer_are_there(orders: dict[str, Order]) -> None:
    order = orders["balancer"]
    service = order.index(("Create", "module.ecs.aws_ecs_service.this"))
    for address in (
        "module.balancer[0].aws_lb_listener.https",
        "module.balancer[0].aws_vpc_security_group_ingress_rule.https",
        "module.elasticache.aws_elasticache_replication_group.this[0]",
        "module.networking.aws_autoscaling_group.nat[0]",
        'module.ecs.aws_vpc_security_group_ingress_rule.tasks_from_balancer["public"]',
    ):
        assert order.index(("Create", address)) < service, address
    assert service < order.index(("Create", "aws_route53_record.this"))
