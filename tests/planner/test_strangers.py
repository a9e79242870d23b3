"""What a stranger's stack leaves to the account, and costs nothing or is fixed by AWS, makes no total "at least"."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from glimpse.planner.bill import Bill
from glimpse.planner.workload import unstated
from tests.conftest import estimator_for, read_stack

Write = Callable[..., Path]

DEFAULT_VPC = """
data "aws_vpc" "default" {
  default = true
}
data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}
"""

BALANCER = """
resource "aws_lb" "web" {
  subnets = data.aws_subnets.default.ids
}
"""

SERVER = """
resource "aws_instance" "web" {
  ami           = data.aws_ami.any.id
  instance_type = "t3.micro"
  subnet_id     = data.aws_subnets.default.ids[0]
}
data "aws_ami" "any" {
  most_recent = true
}
"""

CERTIFICATE = """
resource "aws_acm_certificate" "site" {
  domain_name       = "example.com"
  validation_method = "DNS"
}
resource "aws_route53_record" "proof" {
  for_each = { for row in aws_acm_certificate.site.domain_validation_options : row.domain_name => row }
  zone_id  = "Z1"
  name     = each.value.resource_record_name
  type     = each.value.resource_record_type
  records  = [each.value.resource_record_value]
}
"""


def bill_of(written: Path) -> Bill:
    return estimator_for(workload=unstated()).bill(read_stack(written))


def quantity(bill: Bill, component: str) -> Fraction:
    found = [line.quantity for line in bill.lines if line.meter.component == component]
    assert len(found) == 1
    assert found[0] is not None
    return found[0].expected


def needs(bill: Bill) -> set[str]:
    return {entry.why.code for entry in bill.unpriced}


@pytest.mark.parametrize(
    ("source", "system"),
    [
        ("""data "aws_ami" "any" {
            filter {
              name   = "name"
              values = ["Windows_Server-2022-English-Full-Base-*"]
            }
          }""", "Windows"),
        ("""data "aws_ami" "any" {
            name_regex = "^RHEL-9"
          }""", "RHEL"),
        ("""data "aws_ami" "any" {
            filter {
              name   = "name"
              values = ["al2023-ami-*-x86_64"]
            }
          }""", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("by_template", [False, True])
def test_the_system_is_that_by_which_an_image_is_looked_for(
    write_stack: Write, source: str, system: str | None, by_template: bool
) -> None:
    server = """
    resource "aws_instance" "web" {
      ami           = data.aws_ami.any.id
      instance_type = "t3.micro"
    }
    """
    group = """
    resource "aws_launch_template" "web" {
      image_id      = data.aws_ami.any.id
      instance_type = "t3.micro"
    }
    resource "aws_autoscaling_group" "web" {
      min_size = 1
      max_size = 1
      launch_template {
        id = aws_launch_template.web.id
      }
    }
    """
    bill = bill_of(write_stack(source + (group if by_template else server)))
    assert [entry.sku and entry.sku.attributes["os"] for entry in bill.unpriced] == ([system] if system else [])


def test_a_parameter_of_an_image_says_its_system(write_stack: Write) -> None:
    main = """
    data "aws_ssm_parameter" "image" {
      name = "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base"
    }
    resource "aws_instance" "web" {
      ami           = data.aws_ssm_parameter.image.value
      instance_type = "t3.micro"
    }
    """
    assert needs(bill_of(write_stack(main))) == {"no_price"}


def test_records_that_prove_a_domain_cost_nothing_however_many_they_are(write_stack: Write) -> None:
    bill = bill_of(write_stack(CERTIFICATE))
    assert not bill.at_least
    assert "aws_route53_record.proof" in {origin.address for origin in bill.free}


def test_a_balancer_in_the_default_vpc_stands_in_every_zone_of_the_region(write_stack: Write) -> None:
    bill = bill_of(write_stack(DEFAULT_VPC + BALANCER))
    assert not bill.at_least
    assert quantity(bill, "Public IPv4 address") == 4 * 730
    assert "default_vpc_assumed" in {found.what.code for found in bill.stack.warnings}


def test_a_server_in_a_subnet_of_the_default_vpc_has_a_public_address(write_stack: Write) -> None:
    bill = bill_of(write_stack(DEFAULT_VPC + SERVER))
    assert not bill.at_least
    assert quantity(bill, "Public IPv4 address") == 730


@pytest.mark.parametrize(
    "source",
    [
        'data "aws_subnet" "one" { default_for_az = true }',
        'data "aws_vpc" "it" { default = true }\ndata "aws_subnet" "one" { vpc_id = data.aws_vpc.it.id }',
    ],
)
def test_one_subnet_may_be_looked_for_by_itself(write_stack: Write, source: str) -> None:
    server = SERVER.replace("data.aws_subnets.default.ids[0]", "data.aws_subnet.one.id")
    bill = bill_of(write_stack(source + server))
    assert not bill.at_least
    assert quantity(bill, "Public IPv4 address") == 730


@pytest.mark.parametrize(
    "vpc",
    ['data "aws_vpc" "default" { tags = { Name = "main" } }', 'data "aws_vpc" "default" { default = var.default }'],
)
def test_what_stands_in_subnets_of_another_vpc_is_not_known(write_stack: Write, vpc: str) -> None:
    subnets = DEFAULT_VPC.replace('data "aws_vpc" "default" {\n  default = true\n}', vpc)
    bill = bill_of(write_stack('variable "default" {}\n' + subnets + BALANCER + SERVER))
    assert needs(bill) == {"needs_zones", "needs_subnet"}


@pytest.mark.parametrize(
    "more", ['tags = { Name = "private" }', 'filter {\n  name = "tag:Name"\n  values = ["private"]\n}']
)
def test_a_subnet_of_the_default_vpc_with_a_name_may_be_a_private_one(write_stack: Write, more: str) -> None:
    source = """
    data "aws_vpc" "it" {
      default = true
    }
    data "aws_subnet" "one" {
      vpc_id = data.aws_vpc.it.id
      MORE
    }
    """.replace("MORE", more)
    server = SERVER.replace("data.aws_subnets.default.ids[0]", "data.aws_subnet.one.id")
    assert needs(bill_of(write_stack(source + server))) == {"needs_subnet"}


def test_filters_may_ask_for_the_default_vpc_and_for_zones(write_stack: Write) -> None:
    main = """
    data "aws_vpc" "it" {
      filter {
        name   = "isDefault"
        values = ["true"]
      }
    }
    data "aws_subnets" "default" {
      filter {
        name   = "vpc-id"
        values = [data.aws_vpc.it.id]
      }
      filter {
        name   = "availability-zone"
        values = ["ap-northeast-2a", "ap-northeast-2c"]
      }
    }
    """
    bill = bill_of(write_stack(main + BALANCER))
    assert not bill.at_least
    assert quantity(bill, "Public IPv4 address") == 2 * 730
    assert needs(bill_of(write_stack(main.replace("ap-northeast-2c", "*c") + BALANCER))) == {"needs_zones"}
    assert needs(bill_of(write_stack(main.replace('"isDefault"', '"cidr"') + BALANCER))) == {"needs_zones"}


def test_only_some_subnets_of_the_default_vpc_are_not_known(write_stack: Write) -> None:
    some = DEFAULT_VPC.replace('"aws_subnets" "default" {', '"aws_subnets" "default" {\n  tags = { Tier = "public" }')
    assert needs(bill_of(write_stack(some + BALANCER))) == {"needs_zones"}


def test_a_balancer_is_not_counted_where_accounts_differ_in_their_zones(write_stack: Write) -> None:
    main = 'provider "aws" { region = "us-west-1" }' + DEFAULT_VPC + BALANCER
    bill = bill_of(write_stack(files={"main.tf": main}))
    assert needs(bill) == {"needs_zones"}


def test_gateways_in_every_zone_are_counted_in_other_regions(write_stack: Write) -> None:
    gateways = """
    provider "aws" { region = "eu-west-1" }
    data "aws_availability_zones" "all" {}
    resource "aws_eip" "each" {
      count = length(data.aws_availability_zones.all.names)
    }
    """
    bill = bill_of(write_stack(files={"main.tf": gateways}))
    assert not bill.at_least
    assert bill.monthly == 3 * Fraction("3.65")


def test_metrics_of_containers_are_charged_as_custom_metrics_for_each_service(write_stack: Write) -> None:
    cluster = """
    resource "aws_ecs_cluster" "shop" {
      setting {
        name  = "containerInsights"
        value = "enabled"
      }
    }
    resource "aws_ecs_service" "each" {
      count           = 2
      cluster         = aws_ecs_cluster.shop.id
      task_definition = "elsewhere:1"
      desired_count   = 1
      launch_type     = "EXTERNAL"
    }
    """
    bill = bill_of(write_stack(cluster))
    assert quantity(bill, "Container Insights metrics") == 13 + 2 * (15 + 10)
    enhanced = bill_of(write_stack(cluster.replace('"enabled"', '"enhanced"')))
    assert "aws_ecs_cluster.shop" in {entry.origin.address for entry in enhanced.unpriced}


def test_a_name_that_nobody_gave_decides_no_figure(write_stack: Write) -> None:
    bill = bill_of(write_stack('variable "name" {}\nresource "aws_s3_bucket" "b" {\n  bucket = var.name\n}'))
    assert [(row.name, row.decides) for row in bill.stack.missing] == [("name", False)]


def test_a_list_of_subnets_that_nobody_gave_is_said_to_decide(write_stack: Write) -> None:
    main = """
    variable "subnets" {}
    resource "aws_lb" "web" {
      subnets = var.subnets
    }
    """
    stack = read_stack(write_stack(main))
    assert [(row.name, row.decides) for row in stack.missing] == [("subnets", True)]


def test_what_is_wrong_in_tags_is_a_warning(write_stack: Write) -> None:
    main = """
    resource "aws_instance" "web" {
      instance_type = "t3.micro"
      tags          = "${map("Name", "web")}"
    }
    """
    bill = bill_of(write_stack(main))
    assert not bill.at_least
    assert [found.what.code for found in bill.stack.warnings] == ["expression_error"]


def test_settings_of_a_host_of_code_cost_nothing(write_stack: Write) -> None:
    assert not bill_of(write_stack('resource "github_actions_secret" "key" {}')).at_least


def test_what_runs_in_a_cluster_says_so_where_its_provider_has_no_region(write_stack: Write) -> None:
    helm = 'provider "helm" {}\nresource "helm_release" "app" {\n  chart = "app"\n}'
    assert needs(bill_of(write_stack(helm))) == {"unpriced_in_cluster"}


def test_an_uninstalled_module_is_named_with_what_to_do(write_stack: Write) -> None:
    module = 'module "vpc" {\n  source = "terraform-aws-modules/vpc/aws"\n}'
    bill = bill_of(write_stack(module))
    assert [found.what.code for found in bill.stack.unresolved] == ["module_not_installed"]


ZONES = """
provider "aws" { STATED }
data "aws_availability_zones" "all" {}
resource "aws_eip" "each" {
  count = length(data.aws_availability_zones.all.names)
}
"""


@pytest.mark.parametrize("stated", ['region = "us-east-1"', "", "region = var.region"])
def test_zones_are_those_of_the_region_where_an_option_puts_the_stack(write_stack: Write, stated: str) -> None:
    main = 'variable "region" {}' + ZONES.replace("STATED", stated)
    stack = read_stack(write_stack(files={"main.tf": main}), region="us-west-2")
    assert len(stack.resources) == 4
    assert not stack.unresolved


def test_zones_are_those_of_the_region_that_the_environment_names(write_stack: Write) -> None:
    written = write_stack(files={"main.tf": ZONES.replace("STATED", "")})
    stack = read_stack(written, environment={"AWS_REGION": "eu-north-1"})
    assert stack.region == "eu-north-1"
    assert len(stack.resources) == 3
    assert not stack.unresolved


def plan_in(subnet: dict[str, object]) -> dict[str, Any]:
    """A plan of one server, in a subnet that a data source found."""
    server = {"address": "aws_instance.web", "mode": "managed", "type": "aws_instance", "name": "web"}
    found = [
        {"address": "data.aws_vpc.it", "type": "aws_vpc", "values": {"default": True, "id": "vpc-1"}},
        {"address": "data.aws_subnet.one", "type": "aws_subnet", "values": {"id": "subnet-1", **subnet}},
    ]
    return {
        "format_version": "1.2",
        "planned_values": {
            "root_module": {"resources": [{**server, "values": {"instance_type": "t3.micro", "subnet_id": "subnet-1"}}]}
        },
        "resource_changes": [
            {**server, "change": {"after_unknown": {"associate_public_ip_address": True, "root_block_device": True}}}
        ],
        "prior_state": {"values": {"root_module": {"resources": [{"mode": "data", **row} for row in found]}}},
        "configuration": {
            "provider_config": {
                "aws": {"name": "aws", "expressions": {"region": {"constant_value": "ap-northeast-2"}}}
            },
            "root_module": {
                "resources": [
                    {**server, "expressions": {"subnet_id": {"references": ["data.aws_subnet.one.id"]}}},
                ]
            },
        },
    }


@pytest.mark.parametrize(
    ("subnet", "at_least"),
    [
        ({"vpc_id": "vpc-1"}, False),
        ({"default_for_az": True}, False),
        ({"vpc_id": "vpc-2"}, True),
        ({"vpc_id": "vpc-1", "map_public_ip_on_launch": False}, True),
    ],
)
def test_a_plan_knows_the_subnets_of_the_default_vpc(tmp_path: Path, subnet: dict[str, object], at_least: bool) -> None:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan_in(subnet)))
    assert bill_of(path).at_least == at_least


@pytest.mark.parametrize(("details", "at_least"), [("Windows", True), ("Linux/UNIX", False)])
def test_a_plan_knows_the_system_of_an_image(tmp_path: Path, details: str, at_least: bool) -> None:
    plan = plan_in({"vpc_id": "vpc-1"})
    plan["planned_values"]["root_module"]["resources"][0]["values"]["ami"] = "ami-1"
    image = {"id": "ami-1", "platform_details": details}
    plan["prior_state"]["values"]["root_module"]["resources"].append(
        {"mode": "data", "address": "data.aws_ami.any", "type": "aws_ami", "values": image}
    )
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan))
    assert bill_of(path).at_least == at_least
