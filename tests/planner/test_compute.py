"""What decides the cost of an instance may stand around it: a template, a policy, a schedule, a state."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from glimpse.planner.bill import Bill
from glimpse.planner.given_usage import GivenUsage, UsageEntry
from glimpse.planner.quantities import CostCases
from glimpse.planner.resources.instance import Instances, PurchaseSplit
from glimpse.planner.workload import unstated
from tests.conftest import TODAY, estimator_for, read_stack

Write = Callable[..., Path]

TEMPLATE = """
resource "aws_launch_template" "t" {
  name          = "worker"
  instance_type = "m5.large"
  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_size = 33
    }
  }
}
"""


def bill_at(folder: Path, *rows: UsageEntry, today: datetime.date = TODAY) -> Bill:
    workload = replace(unstated(), usage=GivenUsage(rows))
    return estimator_for(workload=workload, today=today).bill(read_stack(folder))


def group(joined: str, more: str = "") -> str:
    return f"""
resource "aws_autoscaling_group" "g" {{
  min_size = 4
  max_size = 8
  {joined}
  {more}
}}
"""


MIXED = "mixed_instances_policy {{ launch_template {{ launch_template_specification {{ {0} }} }} }}"
LINES = {
    "id": "launch_template { id = aws_launch_template.t.id }",
    "name": "launch_template { name = aws_launch_template.t.name }",
    "latest_version": 'launch_template { version = "${aws_launch_template.t.latest_version}" }',
    "literal name": 'launch_template { name = "worker" }',
    "mixed id": MIXED.format("launch_template_id = aws_launch_template.t.id"),
    "mixed name": MIXED.format('launch_template_name = "worker"'),
}


@pytest.mark.parametrize("joined", LINES.values(), ids=LINES.keys())
def test_a_template_is_found_by_whatever_attribute_names_it(write_stack: Write, joined: str) -> None:
    text = joined.replace("{ ", "{\n").replace(" }", "\n}")
    found = read_stack(write_stack(TEMPLATE + group(text))).of(Instances)[0]
    assert (found.instance_type, found.disks[0].gib, found.count) == ("m5.large", 33, 4)


def test_a_launch_configuration_watches_in_detail_unless_it_says_otherwise(write_stack: Write) -> None:
    def monitored(more: str) -> bool:
        configuration = f'resource "aws_launch_configuration" "c" {{\n  instance_type = "t3.micro"\n  {more}\n}}\n'
        folder = write_stack(configuration + group("launch_configuration = aws_launch_configuration.c.name"))
        return read_stack(folder).of(Instances)[0].monitored

    assert monitored("")
    assert not monitored("enable_monitoring = false")


@pytest.mark.parametrize(
    ("split", "instances", "weight", "on_demand"),
    [
        (PurchaseSplit(), 6, 1, 6),
        (PurchaseSplit(0, 0), 6, 1, 0),
        (PurchaseSplit(1, 50), 6, 2, 4),  # 12 units: 1 + half of 11, rounded up, is 7 units
        (PurchaseSplit(10, 0), 6, 1, 6),
        (PurchaseSplit(0, 25), Fraction(5, 2), 1, Fraction(5, 8)),
    ],
)
def test_a_mixed_group_rounds_in_favour_of_on_demand(
    split: PurchaseSplit, instances: Fraction | int, weight: int, on_demand: Fraction | int
) -> None:
    assert split.on_demand(Fraction(instances), weight) == on_demand


def test_a_schedule_makes_the_size_a_range(write_stack: Write) -> None:
    schedule = """
resource "aws_autoscaling_schedule" "night" {
  scheduled_action_name  = "night"
  autoscaling_group_name = aws_autoscaling_group.g.name
  desired_capacity       = 1
}
"""
    bill = bill_at(write_stack(TEMPLATE + group(LINES["id"].replace("{ ", "{\n").replace(" }", "\n}")) + schedule))
    hours = next(line for line in bill.lines if line.meter.component == "m5.large instance")
    assert hours.quantity == CostCases(Fraction(730), Fraction(2920), Fraction(2920))


def test_a_stopped_instance_keeps_its_disk_alone(write_stack: Write) -> None:
    bill = bill_at(
        write_stack(
            """
resource "aws_instance" "i" {
  instance_type = "m5.large"
  root_block_device {
    volume_size = 100
  }
}
resource "aws_ec2_instance_state" "off" {
  instance_id = aws_instance.i.id
  state       = "stopped"
}
"""
        )
    )
    assert not bill.at_least
    assert bill.monthly == Fraction("11.40")  # 100 GB of gp2


def test_a_disk_that_only_the_image_knows_is_assumed_and_makes_no_gap(write_stack: Write) -> None:
    text = 'resource "aws_instance" "i" {\n  instance_type = "m5.large"\n  associate_public_ip_address = false\n}\n'
    bill = bill_at(write_stack(text))
    disk = next(line for line in bill.lines if line.meter.component == "EBS gp2 storage")
    assert not bill.at_least
    assert [said.code for said in disk.meter.assumes] == ["root_disk_assumed"]


def test_a_volume_of_a_state_is_charged_once(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text(
        """
{"format_version": "1.0", "values": {"root_module": {"resources": [
  {"address": "aws_instance.i", "mode": "managed", "type": "aws_instance", "name": "i", "values": {
    "id": "i-1", "arn": "arn:aws:ec2:ap-northeast-2:123456789012:instance/i-1", "instance_type": "m5.large",
    "associate_public_ip_address": false, "root_block_device": [{"volume_size": 8, "volume_type": "gp3"}],
    "ebs_block_device": [{"device_name": "/dev/sdf", "volume_id": "vol-1", "volume_size": 50, "volume_type": "gp3"}]}},
  {"address": "aws_ebs_volume.v", "mode": "managed", "type": "aws_ebs_volume", "name": "v", "values": {
    "id": "vol-1", "size": 50, "type": "gp3"}}
]}}}
"""
    )
    bill = bill_at(path)
    stored = [
        line.quantity.expected for line in bill.lines if line.meter.component == "EBS gp3 storage" if line.quantity
    ]
    assert sorted(stored) == [8, 50]


CLUSTER = """
resource "aws_eks_cluster" "c" {{
  name    = "c"
  version = "1.33"
  {0}
}}
"""


@pytest.mark.parametrize(
    ("more", "day", "surcharged"),
    [
        ("", datetime.date(2026, 7, 28), False),
        ("", datetime.date(2026, 7, 29), True),
        ('upgrade_policy {\n  support_type = "STANDARD"\n}', datetime.date(2026, 7, 29), False),
    ],
)
def test_extended_support_begins_with_its_day(
    write_stack: Write, more: str, day: datetime.date, surcharged: bool
) -> None:
    bill = bill_at(write_stack(CLUSTER.format(more)), today=day)
    assert ("Extended support" in {line.meter.component for line in bill.lines}) == surcharged


def test_a_dedicated_instance_never_has_the_price_of_a_shared_one(write_stack: Write) -> None:
    text = """
resource "aws_instance" "i" {
  instance_type               = "m5.large"
  tenancy                     = "dedicated"
  associate_public_ip_address = false
}
"""
    reserved = {"reserved_instance_term": "1_year", "reserved_instance_payment_option": "no_upfront"}
    for usage in ({}, reserved):
        bill = bill_at(write_stack(text), UsageEntry("aws_instance.i", usage, "usage"))
        assert "m5.large instance" in {entry.component for entry in bill.unpriced}
