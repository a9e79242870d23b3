"""What nothing in the files uses is proposed to be looked at; what may be used is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from glimpse.planner.levers import LEVERS
from tests.conftest import read_stack

Write = Callable[..., Path]


def found(folder: Path, lever: str) -> list[str]:
    """The addresses of what a lever takes away."""
    stack = read_stack(folder)
    kept = LEVERS[lever].change(stack).resources
    return [resource.origin.address for resource in stack.resources if resource not in kept]


IDLE = 'resource "aws_eip" "idle" {}\n'


@pytest.mark.parametrize(
    "user",
    [
        'resource "aws_eip_association" "a" {\n  allocation_id = aws_eip.idle.id\n  instance_id = "i-1"\n}',
        'resource "aws_nat_gateway" "n" {\n  subnet_id = "subnet-1"\n  secondary_allocation_ids = [aws_eip.idle.id]\n}',
        'resource "aws_lb" "l" {\n  subnet_mapping {\n    subnet_id = "subnet-1"\n    allocation_id = aws_eip.idle.id\n  }\n}',
        'resource "aws_route53_record" "r" {\n  type = "A"\n  records = [aws_eip.idle.public_ip]\n}',
        'resource "aws_launch_template" "t" {\n  user_data = base64encode("attach ${aws_eip.idle.id}")\n}',
    ],
    ids=["association", "NAT gateway", "balancer", "DNS record", "start script"],
)
def test_an_address_that_something_names_is_not_idle(write_stack: Write, user: str) -> None:
    assert found(write_stack(IDLE), "unattached_addresses") == ["aws_eip.idle"]
    assert found(write_stack(IDLE + user), "unattached_addresses") == []


def test_an_address_is_left_alone_where_an_unknown_association_could_be_its_own(write_stack: Write) -> None:
    unknown = 'variable "which" {}\nresource "aws_eip_association" "a" {\n  allocation_id = var.which\n}'
    assert found(write_stack(IDLE + unknown), "unattached_addresses") == []


def test_nothing_is_called_idle_where_a_part_of_the_files_could_not_be_read(write_stack: Write) -> None:
    missing = 'module "network" {\n  source = "./modules/network"\n  address = aws_eip.idle.id\n}'
    assert found(write_stack(IDLE + missing), "unattached_addresses") == []


def test_an_address_that_a_module_attaches_is_not_idle(write_stack: Write) -> None:
    call = 'module "nat" {\n  source = "./nat"\n  address = aws_eip.idle.id\n}'
    module = (
        'variable "address" {}\nresource "aws_nat_gateway" "n" {\n  subnet_id = "s"\n  allocation_id = var.address\n}'
    )
    assert found(write_stack(IDLE + call, {"nat/main.tf": module}), "unattached_addresses") == []


CLUSTER = 'resource "aws_eks_cluster" "k" {\n  name = "k"\n}\n'
VOLUME = 'resource "aws_ebs_volume" "data" {\n  size = 100\n  type = "gp3"\n}\n'
BALANCER = """
resource "aws_lb" "web" {
  subnets = ["subnet-1", "subnet-2"]
}
resource "aws_lb_target_group" "web" {
  port     = 80
  protocol = "HTTP"
}
resource "aws_lb_listener" "web" {
  load_balancer_arn = aws_lb.web.arn
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
}
"""


@pytest.mark.parametrize(("files", "lever"), [(VOLUME, "unattached_volumes"), (BALANCER, "idle_balancers")])
def test_where_kubernetes_runs_volumes_and_balancers_are_left_to_it(write_stack: Write, files: str, lever: str) -> None:
    assert len(found(write_stack(files), lever)) == 1
    assert found(write_stack(files + CLUSTER), lever) == []


@pytest.mark.parametrize(
    "target",
    [
        'resource "aws_autoscaling_group" "g" {\n  target_group_arns = [aws_lb_target_group.web.arn]\n}',
        'resource "aws_ecs_service" "s" {\n  load_balancer {\n    target_group_arn = aws_lb_target_group.web.arn\n  }\n}',
        'resource "aws_autoscaling_attachment" "a" {\n  lb_target_group_arn = aws_lb_target_group.web.arn\n}',
        'variable "g" {}\nresource "aws_lb_target_group_attachment" "a" {\n  target_group_arn = var.g\n}',
    ],
    ids=["group", "ECS service", "attachment", "unknown attachment"],
)
def test_a_balancer_that_something_may_be_behind_is_not_idle(write_stack: Write, target: str) -> None:
    assert found(write_stack(BALANCER + target), "idle_balancers") == []


def test_a_balancer_that_forwards_to_a_group_outside_the_files_is_not_idle(write_stack: Write) -> None:
    elsewhere = BALANCER.replace("aws_lb_target_group.web.arn", "data.aws_lb_target_group.shared.arn")
    data = 'data "aws_lb_target_group" "shared" {\n  name = "shared"\n}'
    assert found(write_stack(elsewhere + data), "idle_balancers") == []


def test_a_balancer_that_only_answers_by_itself_is_not_idle(write_stack: Write) -> None:
    fixed = BALANCER.replace('"forward"', '"fixed-response"').replace(
        "target_group_arn = aws_lb_target_group.web.arn", 'fixed_response {\n content_type = "text/plain"\n }'
    )
    assert found(write_stack(fixed), "idle_balancers") == []


def test_a_snapshot_of_which_a_volume_is_made_is_not_old(write_stack: Write) -> None:
    made = 'resource "aws_ebs_snapshot" "s" {\n  volume_id = "vol-1"\n}\n'
    assert found(write_stack(made), "old_snapshots") == ["aws_ebs_snapshot.s"]
    used = 'resource "aws_ami" "a" {\n  ebs_block_device {\n    snapshot_id = aws_ebs_snapshot.s.id\n  }\n}'
    assert found(write_stack(made + used), "old_snapshots") == []


def test_an_instance_that_runs_keeps_its_disks(write_stack: Write) -> None:
    instance = 'resource "aws_instance" "i" {\n  ami = "ami-1"\n  instance_type = "t3.small"\n}\n'
    state = 'resource "aws_ec2_instance_state" "s" {\n  instance_id = aws_instance.i.id\n  state = "%s"\n}'
    assert found(write_stack(instance + state % "running"), "stopped_disks") == []
    assert found(write_stack(instance + state % "stopped"), "stopped_disks") == ["aws_instance.i"]


BASTION = """
resource "aws_instance" "{name}" {{
  ami                         = "ami-1"
  instance_type               = "t3.micro"
  associate_public_ip_address = {public}
  tags                        = {{ {tags} }}
}}
"""


@pytest.mark.parametrize(
    ("name", "tags", "public", "is_found"),
    [
        ("bastion", "", "true", True),
        ("ops", 'Name = "shop-prod-jumphost"', "true", True),
        ("ops", 'Role = "bastion"', "true", True),
        ("ops", 'Name = "ops"', "true", False),
        ("jumper", "", "true", False),
        ("bastion", "", "false", False),
    ],
    ids=["its address", "its name", "its role", "nothing says it", "a part of a word", "no public address"],
)
def test_only_what_is_called_a_bastion_and_is_reached_from_outside_is_one(
    write_stack: Write, name: str, tags: str, public: str, is_found: bool
) -> None:
    main = BASTION.format(name=name, tags=tags, public=public)
    assert found(write_stack(main), "session_manager") == ([f"aws_instance.{name}"] if is_found else [])


def test_the_elastic_ip_of_a_bastion_goes_with_it_also_where_an_association_joins_them(write_stack: Write) -> None:
    joined = 'resource "aws_eip_association" "a" {\n  instance_id = aws_instance.bastion.id\n'
    joined += '  allocation_id = aws_eip.of_bastion.id\n}\nresource "aws_eip" "of_bastion" {}\n'
    main = BASTION.format(name="bastion", tags="", public="false") + joined
    assert found(write_stack(main), "session_manager") == ["aws_eip.of_bastion", "aws_instance.bastion"]


@pytest.mark.parametrize(
    "more",
    [
        'resource "aws_lb_target_group" "g" {\n  port = 22\n  protocol = "TCP"\n}\n'
        'resource "aws_lb_target_group_attachment" "a" {\n  target_group_arn = aws_lb_target_group.g.arn\n'
        "  target_id = aws_instance.bastion.id\n}",
        'resource "aws_ec2_instance_state" "s" {\n  instance_id = aws_instance.bastion.id\n  state = "stopped"\n}',
        'module "missing" {\n  source = "./nowhere"\n}',
    ],
    ids=["behind a balancer", "stopped", "something could not be read"],
)
def test_a_bastion_that_may_be_more_is_left_alone(write_stack: Write, more: str) -> None:
    main = BASTION.format(name="bastion", tags="", public="true")
    assert found(write_stack(main + more), "session_manager") == []
