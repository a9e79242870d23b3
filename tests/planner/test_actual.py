"""What AWS says was used and paid fills usage, and is compared with the bill, each difference in its parts."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from glimpse import cli
from glimpse.planner.actual import BY_LINE_ITEM, Actual, Charge, Period
from glimpse.planner.bill import Bill
from glimpse.planner.charge_matching import tokens_of
from glimpse.planner.costs import CostCache
from glimpse.planner.finding import InputError
from glimpse.planner.measured_usage import measured
from glimpse.planner.meter import Origin
from glimpse.planner.outside import price_files
from glimpse.planner.outside.actual_files import read_actual, usage_types
from glimpse.planner.outside.workload_files import workload_beside
from glimpse.planner.paid import Comparison, compared
from glimpse.planner.resources.nat_gateway import NatGateway
from glimpse.planner.sentence import say
from glimpse.planner.stack import Stack
from glimpse.planner.workload import Workload, unstated
from glimpse.words import Words
from tests.conftest import OWN, REPOSITORY, SEOUL, TODAY, estimator_for, read_stack

EN, KO = Words("en"), Words("ko")
ARN = "arn:aws:{}:ap-northeast-2:123456789012:{}"
WHOLE = ("2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z")

NAMES = {
    "start": "lineItem/UsageStartDate",
    "end": "lineItem/UsageEndDate",
    "billed": "bill/BillingPeriodStartDate",
    "kind": "lineItem/LineItemType",
    "product": "lineItem/ProductCode",
    "usage": "lineItem/UsageType",
    "operation": "lineItem/Operation",
    "resource": "lineItem/ResourceId",
    "amount": "lineItem/UsageAmount",
    "currency": "lineItem/CurrencyCode",
    "cost": "lineItem/UnblendedCost",
    "listed": "pricing/publicOnDemandCost",
    "region": "product/region",
    "tag": "resourceTags/user:Name",
}


def item(
    product: str, usage: str, amount: str = "", cost: str = "0", operation: str = "", **more: str
) -> dict[str, str]:
    """One line item of October 2026, as a legacy report has it."""
    row = {
        "billed": WHOLE[0], "start": WHOLE[0], "end": WHOLE[1], "kind": "Usage", "currency": "USD", "region": SEOUL,
        "product": product, "usage": usage, "amount": amount, "cost": cost, "operation": operation, **more,
    }  # fmt: skip
    return {name: row.get(key, "") for key, name in NAMES.items()}


OWN_MONTH = (
    item("AWSELB", "APN2-LoadBalancerUsage", "744", "16.74", "LoadBalancing:Application"),
    item("AWSELB", "APN2-LCUUsage", "95.5", "0.764", "LoadBalancing:Application"),
    item("AmazonVPC", "APN2-PublicIPv4:InUseAddress", "2232", "11.16"),
    item("AmazonRoute53", "HostedZone", "1", "0.5"),
    item("AmazonRoute53", "DNS-Queries", "1200000", "0.48"),
    item("AmazonCloudWatch", "APN2-CW:AlarmMonitorUsage", "10", "1"),
    item("AmazonCloudWatch", "APN2-DataProcessing-Bytes", "2", "1.52"),
    item("AmazonCloudWatch", "APN2-TimedStorage-ByteHrs", "0.5", "0.0157"),
    item("AmazonECS", "APN2-Fargate-vCPU-Hours:perCPU", "186", "8.66016"),
    item("AmazonECS", "APN2-Fargate-GB-Hours", "372", "1.90092"),
    item("AmazonECS", "APN2-SpotUsage-Fargate-vCPU-Hours:perCPU", "186", "2.598048"),
    item("AmazonECS", "APN2-SpotUsage-Fargate-GB-Hours", "372", "0.570276"),
    item("AmazonECR", "APN2-TimedStorage-ByteHrs", "0.3", "0.03"),
    item("AmazonElastiCache", "APN2-NodeUsage:cache.t4g.micro", "744", "17.856", "CreateCacheCluster:0002"),
    item("AmazonEC2", "APN2-BoxUsage:t4g.nano", "744", "3.8688", "RunInstances", resource="i-0aaaaaaaaaaaaaaaa"),
    item("AmazonEC2", "APN2-EBS:VolumeUsage.gp3", "8", "0.7296"),
    item("AmazonRDS", "APN2-InstanceUsage:db.t4g.micro", "744", "18.6", "CreateDBInstance:0014"),
    item("AmazonRDS", "APN2-RDS:GP3-Storage", "20", "2.62"),
    item("AWSSecretsManager", "APN2-AWSSecretsManager-Secrets", "3", "1.2"),
    item("AmazonS3", "APN2-TimedStorage-ByteHrs", "48.2", "1.205"),
    item("AmazonS3", "APN2-Requests-Tier1", "12000", "0.054"),
    item("AmazonS3", "APN2-Requests-Tier2", "240000", "0.084"),
    item("AmazonSNS", "APN2-DeliveryAttempts-SMTP", "0", "0"),
    item("AmazonEC2", "APN2-DataTransfer-Out-Bytes", "150", "6.3"),
    item("AmazonEC2", "APN2-DataTransfer-Regional-Bytes", "88", "0.88"),
)
"""A month of our own stack: its hours are 31 × 24, its costs those amounts at our list prices, after 100 GB free."""

TWO_GATEWAYS = """
resource "aws_nat_gateway" "a" {
  allocation_id = "eipalloc-a"
  subnet_id     = "subnet-a"
}
resource "aws_nat_gateway" "b" {
  allocation_id = "eipalloc-b"
  subnet_id     = "subnet-b"
}
"""
TWO_BUCKETS = """
resource "aws_s3_bucket" "photos" {
  bucket = "our-photos"
}
resource "aws_s3_bucket" "films" {
  bucket = "our-films"
}
"""

Write = Callable[..., Path]


def csv_text(rows: Iterable[Mapping[str, str]]) -> str:
    text = io.StringIO()
    rows = list(rows)
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.fixture
def export(tmp_path: Path) -> Callable[[object], Path]:
    """Write an export: line items, or text or bytes as they are."""

    def write(content: object) -> Path:
        path = tmp_path / "export.csv"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else csv_text(content))  # type: ignore[arg-type]
        return path

    return write


def month_of(path: Path) -> Actual:
    return read_actual(path, TODAY)


def beside(stack: Stack, actual: Actual, workload: Workload | None = None) -> tuple[Bill, Comparison]:
    """The stack's bill with what was measured, and beside what was paid."""
    estimator = estimator_for(stack.region, workload or unstated())
    meters = estimator.usage(stack).meters
    told = measured(actual, stack.region, meters, estimator.workload.usage, stack.names_of)
    bill = replace(estimator, measured=told).bill(stack)
    return bill, compared(bill, actual, stack.names_of)


def quantities(bill: Bill) -> dict[str, str | None]:
    return {line.id: None if line.quantity is None else str(line.quantity.expected) for line in bill.lines}


def row_of(comparison: Comparison, usage_type: str) -> Any:
    return next(row for row in comparison.lines if usage_type in row.usage_types)


# ---- The table


def test_every_usage_type_is_charged_by_a_price_that_is_held_or_asked_for() -> None:
    held = price_files.kinds()
    types = usage_types()
    asked = "".join(path.read_text() for path in (REPOSITORY / "src/glimpse/planner/resources").glob("*.py"))
    assert [key for key in types.comparable if key not in held and f'"{key[1]}"' not in asked] == []
    assert len(types.comparable) > 100


@pytest.mark.parametrize(
    ("product", "usage_type", "operation", "expected"),
    [
        ("AmazonEC2", "APN2-NatGateway-Bytes", "NatGateway", [("AmazonEC2", "nat_gateway_gb")]),
        ("AmazonEC2", "DataTransfer-Out-Bytes", "RunInstances", [("AWSDataTransfer", "internet_out_gb")]),
        ("AmazonCloudFront", "EU-DataTransfer-Out-Bytes", "", [("AmazonCloudFront", "internet_out_gb")]),
        ("AmazonLightsail", "EU-DataTransfer-Out-Bytes", "", []),
        ("AWSELB", "EUC1-LCUUsage", "LoadBalancing:Network", [("AWSELB", "nlb_nlcu_hour")]),
        ("AmazonS3", "USE2-TimedStorage-ByteHrs", "StandardStorage", [("AmazonS3", "storage_gb_month")]),
        ("AmazonCloudWatch", "USE2-TimedStorage-ByteHrs", "", [("AmazonCloudWatch", "logs_storage_gb_month")]),
        ("awskms", "ap-northeast-2-KMS-Requests", "Decrypt", [("awskms", "request_10k")]),
        ("AmazonEC2", "APN2-USE1-AWS-Out-Bytes", "", [("AWSDataTransfer", "inter_region_out_gb")]),
        ("AmazonEC2", "APN2-USE1-AWS-In-Bytes", "", []),
        ("", "APN2-NatGateway-Hours", "", [("AmazonEC2", "nat_gateway_hour")]),
        ("AmazonEC2", "APN2-NoSuchThing", "", []),
    ],
)
def test_a_usage_type_is_known_by_its_product_and_operation(
    product: str, usage_type: str, operation: str, expected: list[tuple[str, str]]
) -> None:
    found = usage_types().bought(product, usage_type, operation)
    assert [(bought.service, bought.kind) for bought in found] == expected


def test_without_an_operation_every_kind_of_balancer_is_possible() -> None:
    found = usage_types().bought("AWSELB", "APN2-LoadBalancerUsage", "")
    assert {bought.kind for bought in found} == {"alb_hour", "nlb_hour", "gwlb_hour", "clb_hour"}


def test_sizes_that_rds_shortens_are_whole_again() -> None:
    (found,) = usage_types().bought("AmazonRDS", "Multi-AZUsage:db.r5d.2xl", "CreateDBInstance:0002")
    assert found.attributes["instance_class"] == "db.r5d.2xlarge"
    (found,) = usage_types().bought("AmazonES", "APN2-ESInstance:m6g.large", "ESDomain")
    assert found.attributes == {"instance_type": "m6g.large.search"}


def test_an_arn_is_known_by_its_name() -> None:
    assert "web" in tokens_of(ARN.format("elasticloadbalancing", "loadbalancer/app/web/0123456789abcdef"))
    assert "/ecs/api" in tokens_of(ARN.format("logs", "log-group:/ecs/api:*"))
    assert "app/key" in tokens_of(ARN.format("secretsmanager", "secret:app/key-AbC123"))
    assert "app" not in tokens_of(ARN.format("elasticloadbalancing", "loadbalancer/app/web/0123456789abcdef"))


# ---- Quantities


def test_our_own_month_leaves_no_usage_open(own_stack: Stack, own_workload: Workload, export: Any) -> None:
    bill, comparison = beside(own_stack, month_of(export(OWN_MONTH)), own_workload)
    named = quantities(bill)
    assert named["flow.internet_out/data-transfer-out-internet"] == "150"
    assert named["module.s3.aws_s3_bucket.this/get-requests"] == "240"
    assert named["module.balancer[0].aws_lb.this/load-balancer-capacity-units"] == "191/2"
    assert not bill.before_usage
    assert comparison.not_paid == ()
    # The zone and the registry are in another root, the bootstrap.
    elsewhere = {(row.service, row.usage_type) for row in comparison.not_in_terraform}
    assert elsewhere == {
        ("AmazonECR", "APN2-TimedStorage-ByteHrs"), ("AmazonRoute53", "DNS-Queries"), ("AmazonRoute53", "HostedZone"),
    }  # fmt: skip
    assert {name for row in comparison.lines for name in row.difference} <= {"usage", "price", "rest"}
    free_gigabytes = row_of(comparison, "APN2-DataTransfer-Out-Bytes")
    assert free_gigabytes.difference == {"price": Fraction("-12.60")}


def test_what_a_report_does_not_list_was_not_used(write_stack: Write, export: Any) -> None:
    stack = read_stack(write_stack(TWO_GATEWAYS))
    rows = [item("AmazonEC2", "APN2-NatGateway-Hours", "1488", "87.792")]
    bill, _ = beside(stack, month_of(export(rows)))
    assert quantities(bill)["aws_nat_gateway.a/data-processed-by-nat-gateway"] == "0"
    assert not bill.before_usage
    other = [item("AmazonS3", "APN2-TimedStorage-ByteHrs", "1", "0.025")]
    bill, _ = beside(stack, month_of(export(other)))
    assert quantities(bill)["aws_nat_gateway.a/data-processed-by-nat-gateway"] is None
    assert bill.before_usage


def test_what_no_name_tells_apart_is_shared_evenly_and_said(write_stack: Write, export: Any) -> None:
    stack = read_stack(write_stack(TWO_GATEWAYS))
    rows = [item("AmazonEC2", "APN2-NatGateway-Bytes", "300", "17.7", resource=ARN.format("ec2", "natgateway/nat-1"))]
    bill, comparison = beside(stack, month_of(export(rows)))
    line = next(line for line in bill.lines if line.id == "aws_nat_gateway.a/data-processed-by-nat-gateway")
    assert line.quantity is not None
    assert line.quantity.expected == 150
    assert line.meter.assumes == (say("actual_shared", period="2026-10", count=2),)
    row = row_of(comparison, "APN2-NatGateway-Bytes")
    assert (len(row.lines), row.paid, row.monthly, row.difference) == (2, Fraction("17.70"), Fraction("17.70"), {})


def test_usage_given_by_hand_wins_and_the_rest_is_shared(write_stack: Write, export: Any) -> None:
    folder = write_stack(
        TWO_GATEWAYS, {"glimpse.toml": '[usage."aws_nat_gateway.a"]\nmonthly_data_processed_gb = 100\n'}
    )
    rows = [item("AmazonEC2", "APN2-NatGateway-Bytes", "300", "17.7")]
    bill, _ = beside(read_stack(folder), month_of(export(rows)), workload_beside(folder, None))
    named = quantities(bill)
    assert named["aws_nat_gateway.a/data-processed-by-nat-gateway"] == "100"
    assert named["aws_nat_gateway.b/data-processed-by-nat-gateway"] == "200"


def test_a_resource_that_both_name_gets_its_own_and_anothers_is_not_ours(write_stack: Write, export: Any) -> None:
    stack = read_stack(write_stack(TWO_BUCKETS))
    rows = [
        item("AmazonS3", "APN2-TimedStorage-ByteHrs", "10", "0.25", resource="our-photos"),
        item("AmazonS3", "APN2-TimedStorage-ByteHrs", "90", "2.25", resource="our-films"),
        item("AmazonS3", "APN2-TimedStorage-ByteHrs", "700", "17.5", resource="of-another-team"),
    ]
    bill, comparison = beside(stack, month_of(export(rows)))
    named = quantities(bill)
    assert named["aws_s3_bucket.photos/s3-standard-storage"] == "10"
    assert named["aws_s3_bucket.films/s3-standard-storage"] == "90"
    (other,) = comparison.not_in_terraform
    assert (other.paid, other.resources) == (Fraction("17.50"), ("of-another-team",))


def test_another_region_is_not_in_terraform(write_stack: Write, export: Any) -> None:
    stack = read_stack(write_stack(TWO_GATEWAYS))
    _, comparison = beside(stack, month_of(export([item("AmazonEC2", "EUC1-NatGateway-Hours", "744", "38.688")])))
    assert [(row.region, row.paid) for row in comparison.not_in_terraform] == [("eu-central-1", Fraction("38.69"))]
    assert len(comparison.not_paid) == 2


def test_a_state_names_resources_by_their_ids(tmp_path: Path, export: Any) -> None:
    def gateway(name: str) -> dict[str, Any]:
        return {
            "address": f"aws_nat_gateway.{name}", "mode": "managed", "type": "aws_nat_gateway", "name": name,
            "provider_name": "registry.terraform.io/hashicorp/aws", "schema_version": 0,
            "values": {"id": f"nat-{name}", "connectivity_type": "public", "subnet_id": "subnet-1"},
        }  # fmt: skip

    state = {"format_version": "1.0", "terraform_version": "1.9.0",
             "values": {"root_module": {"resources": [gateway("a"), gateway("b")]}}}  # fmt: skip
    path = tmp_path / "state.json"
    path.write_text(json.dumps(state))
    stack = read_stack(path, region=SEOUL)
    assert stack.names_of("aws_nat_gateway.a") == ("nat-a",)
    rows = [
        item("AmazonEC2", "APN2-NatGateway-Bytes", "7", "0.41", resource=ARN.format("ec2", "natgateway/nat-a")),
        item("AmazonEC2", "APN2-NatGateway-Bytes", "11", "0.65", resource="nat-b"),
    ]
    bill, _ = beside(stack, month_of(export(rows)))
    assert quantities(bill)["aws_nat_gateway.a/data-processed-by-nat-gateway"] == "7"
    assert quantities(bill)["aws_nat_gateway.b/data-processed-by-nat-gateway"] == "11"


def test_a_search_weighs_what_was_measured(own_stack: Stack, own_workload: Workload, export: Any) -> None:
    estimator = estimator_for(workload=own_workload)
    meters = estimator.usage(own_stack).meters
    told = measured(month_of(export(OWN_MONTH)), SEOUL, meters, own_workload.usage)
    estimator = replace(estimator, measured=told)
    assert CostCache(own_stack, estimator).of(()).monthly == estimator.bill(own_stack).monthly


# ---- Differences


def test_a_difference_is_told_in_its_parts(write_stack: Write, export: Any) -> None:
    stack = read_stack(write_stack(TWO_GATEWAYS))
    rows = [
        item("AmazonEC2", "APN2-NatGateway-Hours", "1488", "80.352"),
        item("AmazonEC2", "APN2-NatGateway-Hours", "0", "-4", kind="EdpDiscount"),
        item("AmazonEC2", "APN2-NatGateway-Hours", "", "8.04", kind="Tax"),
        item("AmazonEC2", "", "", "1.5", kind="Tax"),
        item("", "", "", "-10", kind="Credit"),
        item("AWSSupportDeveloper", "Dollar", "29", "29", kind="Fee"),
    ]
    _, comparison = beside(stack, month_of(export(rows)))
    (row,) = comparison.lines
    # 2 × 43.07 for 730 hours; 28 hours more at 0.059; 0.054 an hour instead of 0.059.
    assert row.monthly == Fraction("86.14")
    assert row.difference == {
        "usage": Fraction("1.65"), "price": Fraction("-7.44"), "discount": Fraction(-4), "tax": Fraction("8.04"),
    }  # fmt: skip
    assert row.paid - row.monthly == sum(row.difference.values())
    assert (comparison.tax, comparison.discount) == (Fraction("1.50"), Fraction(-10))
    assert [(entry.service, entry.paid) for entry in comparison.not_in_terraform] == [("AWSSupportDeveloper", 29)]
    assert comparison.paid == Fraction("84.39") + Fraction("1.50") - 10 + 29


def test_commitments_are_discounts(own_stack: Stack, own_workload: Workload, export: Any) -> None:
    class_ = "APN2-InstanceUsage:db.t4g.micro"
    rows = [
        item("AmazonRDS", class_, "744", "0", "CreateDBInstance:0014", kind="DiscountedUsage", listed="18.6"),
        item("AmazonRDS", "APN2-HeavyUsage:db.t4g.micro", "744", "14.7312", "CreateDBInstance:0014", kind="RIFee"),
        item("AmazonECS", "APN2-Fargate-GB-Hours", "372", "1.90092", kind="SavingsPlanCoveredUsage", listed="1.90092"),
        item("AmazonECS", "APN2-Fargate-GB-Hours", "0", "-1.90092", kind="SavingsPlanNegation"),
    ]
    _, comparison = beside(own_stack, month_of(export(rows)), own_workload)
    database, memory = row_of(comparison, class_), row_of(comparison, "APN2-Fargate-GB-Hours")
    assert database.difference == {"usage": Fraction("0.35"), "discount": Fraction("-3.87")}
    assert (memory.paid, memory.difference["discount"]) == (0, Fraction("-1.90"))


def test_costs_are_amortized_where_the_report_has_the_columns(export: Any) -> None:
    rows = [
        item("AmazonECS", "APN2-Fargate-GB-Hours", "372", "1.9", kind="SavingsPlanCoveredUsage")
        | {"savingsPlan/SavingsPlanEffectiveCost": "1.5", "savingsPlan/UsedCommitment": "", "savingsPlan/TotalCommitmentToDate": ""},
        item("AmazonECS", "APN2-Fargate-GB-Hours", "0", "-1.9", kind="SavingsPlanNegation")
        | {"savingsPlan/SavingsPlanEffectiveCost": "0", "savingsPlan/UsedCommitment": "", "savingsPlan/TotalCommitmentToDate": ""},
        item("ComputeSavingsPlans", "ComputeSP:1yrNoUpfront", "1", "2", kind="SavingsPlanRecurringFee")
        | {"savingsPlan/SavingsPlanEffectiveCost": "0", "savingsPlan/UsedCommitment": "1.5", "savingsPlan/TotalCommitmentToDate": "2"},
    ]  # fmt: skip
    charges = month_of(export(rows)).charges
    assert [str(charge.usd) for charge in charges] == ["3/2", "0", "1/2"]


def test_what_has_no_tags_is_told(write_stack: Write, export: Any) -> None:
    stack = read_stack(write_stack(TWO_GATEWAYS))
    rows = [
        item("AmazonEC2", "APN2-NatGateway-Hours", "744", "43.9", tag="prod"),
        item("AmazonEC2", "APN2-NatGateway-Hours", "744", "43.9", resource="nat-2"),
        item("AmazonMQ", "APN2-SomeBroker", "744", "20", resource="broker-1"),
    ]
    _, comparison = beside(stack, month_of(export(rows)))
    assert comparison.lines[0].untagged == Fraction("43.90")
    assert comparison.not_in_terraform[0].untagged == 20


AMOUNTS = st.fractions(-1000, 1000, max_denominator=1000)
KINDS = ("Usage", "Tax", "Credit", "EdpDiscount", "DiscountedUsage", "Fee")
TYPES = ("APN2-NatGateway-Hours", "APN2-NatGateway-Bytes", "EU-NatGateway-Bytes", "APN2-Unknown", "")


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(TYPES), st.sampled_from(KINDS), AMOUNTS, st.none() | st.integers(0, 9999))))
def test_nothing_that_was_paid_is_lost(charged: list[tuple[str, str, Fraction, int | None]]) -> None:
    types = usage_types()
    charges = tuple(
        Charge(
            "AmazonEC2", name, usd, None if amount is None else Fraction(amount), line_type=kind,
            region=types.region_of(name) or SEOUL, bought=types.bought("AmazonEC2", name, ""),
        )
        for name, kind, usd, amount in charged
    )  # fmt: skip
    _, comparison = beside(_gateways(), Actual("x", Period("2026-10", 31, 31), charges, BY_LINE_ITEM, types.comparable))
    exact = sum((charge.usd for charge in charges), Fraction(0))
    assert abs(comparison.paid - exact) <= Fraction(1, 200) * (len(charges) + 2)
    for row in comparison.lines:
        assert row.paid - row.monthly == sum(row.difference.values())


def _gateways() -> Stack:
    return Stack("s", SEOUL, (NatGateway(Origin("aws_nat_gateway.a")),))


# ---- Months


def test_the_newest_whole_month_counts_and_a_part_is_named(export: Any) -> None:
    def month(number: int, last: int, cost: str) -> list[dict[str, str]]:
        begin = f"2026-{number:02d}-01T00:00:00Z"
        days = [f"2026-{number:02d}-{day:02d}" for day in range(1, last + 1)]
        return [
            item("AmazonEC2", "APN2-NatGateway-Hours", "24", cost, billed=begin, start=f"{day}T00:00:00Z", end=f"{day}T23:59:59Z")
            for day in days
        ]  # fmt: skip

    both = month_of(export([*month(9, 30, "1"), *month(10, 31, "2"), *month(11, 20, "3")]))
    assert both.period == Period("2026-10", 31, 31)
    assert [charge.usd for charge in both.charges] == [62]
    part = month_of(export([*month(10, 9, "2"), *month(11, 20, "3")]))
    assert part.period == Period("2026-11", 20, 30)
    assert not part.period.is_whole


# ---- Forms


def parquet(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    import pyarrow
    import pyarrow.parquet

    moment = pyarrow.timestamp("ms")
    kinds = {
        "line_item_usage_start_date": moment, "line_item_usage_end_date": moment, "bill_billing_period_start_date": moment,
        "line_item_usage_amount": pyarrow.float64(), "line_item_unblended_cost": pyarrow.float64(),
        "product": pyarrow.map_(pyarrow.string(), pyarrow.string()),
        "resource_tags": pyarrow.map_(pyarrow.string(), pyarrow.string()),
    }  # fmt: skip
    schema = pyarrow.schema([(name, kinds.get(name, pyarrow.string())) for name in rows[0]])
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(list(rows), schema), path)
    return path


def second(row: Mapping[str, str]) -> dict[str, Any]:
    """A line item as CUR 2.0 has it, with its maps."""
    plain = {
        "line_item_usage_start_date": datetime.datetime.fromisoformat(row["lineItem/UsageStartDate"][:-1]),
        "line_item_usage_end_date": datetime.datetime.fromisoformat(row["lineItem/UsageEndDate"][:-1]),
        "bill_billing_period_start_date": datetime.datetime.fromisoformat(row["bill/BillingPeriodStartDate"][:-1]),
        "line_item_usage_amount": float(row["lineItem/UsageAmount"] or 0),
        "line_item_unblended_cost": float(row["lineItem/UnblendedCost"]),
        "product": {"region": row["product/region"]},
        "resource_tags": {"user_name": "x"} if row["resourceTags/user:Name"] else {},
    }
    texts = {
        "line_item_product_code": "ProductCode", "line_item_usage_type": "UsageType", "line_item_operation": "Operation",
        "line_item_resource_id": "ResourceId", "line_item_line_item_type": "LineItemType",
        "line_item_currency_code": "CurrencyCode",
    }  # fmt: skip
    return plain | {name: row[f"lineItem/{old}"] for name, old in texts.items()}


def told(actual: Actual) -> list[tuple[object, ...]]:
    return sorted(
        (charge.service, charge.usage_type, charge.usd, charge.quantity, charge.region, charge.tagged)
        for charge in actual.charges
    )  # fmt: skip


@pytest.mark.parametrize("form", ["gzip", "utf-16", "bom", "crlf", "cur2", "parquet"])
def test_every_form_of_a_report_tells_the_same(form: str, export: Any, tmp_path: Path) -> None:
    plain = month_of(export(OWN_MONTH))
    text = csv_text(OWN_MONTH)
    if form == "parquet":
        path = parquet(tmp_path / "export.snappy.parquet", [second(row) for row in OWN_MONTH])
    elif form == "cur2":
        rows = [
            {name: json.dumps(value) if isinstance(value, dict) else str(value) for name, value in second(row).items()}
            for row in OWN_MONTH
        ]
        path = export(rows)
    else:
        made = {
            "gzip": lambda: gzip.compress(text.encode(), mtime=0), "utf-16": lambda: text.encode("utf-16"),
            "bom": lambda: text.encode("utf-8-sig"), "crlf": lambda: ("\r\n" + text).encode(),
        }  # fmt: skip
        path = export(made[form]())
    assert told(month_of(path)) == told(plain)
    assert month_of(path).period == plain.period


def test_without_its_package_parquet_says_what_to_install(
    export: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = parquet(tmp_path / "x.parquet", [second(OWN_MONTH[0])])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError) as wrong:
        month_of(path)
    assert "pip install 'glimpse[actual]'" in EN.render(wrong.value.why)


BY_TYPE = """Usage type,APN2-NatGateway-Hours($),APN2-NatGateway-Bytes($),APN2-SomethingElse($),Total costs($)
Usage type total,"175.584","36.4","1,000",1211.984
2026-09-01,87.792,18.7,400,506.492
2026-10-01,87.792,17.7,600,705.492
"""
ACROSS = """Usage type,2026-09-01($),2026-10-01($),Total costs($)
APN2-NatGateway-Hours,87.792,87.792,175.584
APN2-NatGateway-Bytes,18.7,17.7,36.4
APN2-SomethingElse,400,600,"1,000"
Total costs,506.492,705.492,1211.984
"""


@pytest.mark.parametrize("text", [BY_TYPE, ACROSS])
def test_cost_explorer_by_usage_type_stands_beside_lines_without_quantities(
    text: str, write_stack: Write, export: Any
) -> None:
    actual = month_of(export(text))
    assert actual.period == Period("2026-10", 31, 31)
    bill, comparison = beside(read_stack(write_stack(TWO_GATEWAYS)), actual)
    assert bill.before_usage
    row = row_of(comparison, "APN2-NatGateway-Hours")
    assert (row.paid, row.difference) == (Fraction("87.79"), {"rest": Fraction("1.65")})
    assert [(entry.usage_type, entry.paid) for entry in comparison.not_in_terraform] == [("APN2-SomethingElse", 600)]


def test_cost_explorer_with_quantities_fills_them(write_stack: Write, export: Any) -> None:
    text = "Usage type,APN2-NatGateway-Bytes($),APN2-NatGateway-Bytes(GB),Total costs($),Total usage(GB)\n" + "".join(
        f"2026-10-{day:02d},0.59,10,0.59,10\n" for day in range(1, 32)
    )
    bill, _ = beside(read_stack(write_stack(TWO_GATEWAYS)), month_of(export(text)))
    assert quantities(bill)["aws_nat_gateway.a/data-processed-by-nat-gateway"] == "155"


def test_cost_explorer_by_service_is_compared_by_service(own_stack: Stack, own_workload: Workload, export: Any) -> None:
    text = "Service,EC2-Other($),Amazon Relational Database Service($),Tax($),Amazon Made Up($),Total costs($)\n"
    text += "2026-10-01,30,20.87,5,7,62.87\n"
    _, comparison = beside(own_stack, month_of(export(text)), own_workload)
    database = row_of(comparison, "AmazonRDS")
    assert database.paid == Fraction("20.87")
    assert {line.meter.sku.service for line in database.lines} == {"AmazonRDS"}
    assert comparison.tax == 5
    assert [entry.service for entry in comparison.not_in_terraform] == ["Amazon Made Up"]
    assert comparison.paid == Fraction("62.87")


def test_a_total_without_months_is_one_month(export: Any) -> None:
    actual = month_of(export("Usage type,Total costs($)\nAPN2-NatGateway-Bytes,17.7\nTotal,17.7\n"))
    assert actual.period == Period("")
    assert [charge.usd for charge in actual.charges] == [Fraction("17.7")]


# ---- What cannot be read

HEAD = "lineItem/ProductCode,lineItem/UsageType,lineItem/UsageAmount,lineItem/UnblendedCost\n"
HOSTILE = {
    "actual_file_empty": [b"", b"\n \n", b"\xff\xfe"],
    "actual_columns_missing": [b"a,b\n1,2\n", b"<html>", b"PK", b"\x00\x01\x02", b"Service\n1\n", b"=cmd|' /C calc'!A0\n"],
    "actual_file_zip": [b"PK\x03\x04abc"],
    "actual_file_not_gzip": [b"\x1f\x8b\x08abc", gzip.compress(HEAD.encode(), mtime=0)[:-9]],
    "actual_file_not_parquet": [b"PAR1", b"PAR1" + bytes(100) + b"PAR1"],
    "actual_file_encoding": [HEAD.encode() + b"\xff\xfe\xff,x,1,1\n", "사용,유형\n".encode("cp949")],
    "actual_file_not_csv": [b"a" * 1_100_000],
    "actual_no_rows": [HEAD.encode(), b"Usage type,Total costs($)\nTotal,1\n"],
    "actual_wants_number": [
        HEAD.encode() + b"AmazonEC2,x,1," + b"9" * 1000 + b"\n", HEAD.encode() + b"AmazonEC2,x,1,1e999999999\n",
        HEAD.encode() + b"AmazonEC2,x,=1+1,1\n", HEAD.encode() + b"AmazonEC2,x,nan,1\n",
        HEAD.encode() + b"AmazonEC2,x,1,Infinity\n", b"Service,2026-10-01($)\nAmazon EC2,=SUM(A1)\n",
    ],
    "actual_currency": [
        b"lineItem/CurrencyCode," + HEAD.encode() + b"CNY,AmazonEC2,x,1,1\n",
        "Service,2026-10-01(€)\nAmazon EC2,1\n".encode(),
    ],
}  # fmt: skip


@pytest.mark.parametrize(("code", "content"), [(code, text) for code, texts in HOSTILE.items() for text in texts])
def test_what_cannot_be_read_is_one_clear_sentence(code: str, content: bytes, export: Any) -> None:
    with pytest.raises(InputError) as wrong:
        month_of(export(content))
    assert wrong.value.why.code == code
    assert EN.render(wrong.value.why)
    assert KO.render(wrong.value.why)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone.csv"):
        with pytest.raises(InputError) as wrong:
            month_of(path)
        assert wrong.value.why.code == "actual_file_missing"


# ---- The command


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("command", ["bill", "plan"])
def test_a_command_prints_it_in_every_form(command: str, export: Any, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [*OWN_MONTH, item("AmazonMQ", "APN2-SomeBroker", "744", "20", resource="broker|<b>\x1b[31m")]
    arguments = (command, str(OWN), "--actual", str(export(rows)))
    document = json.loads(ran(capsys, *arguments, "--format", "json"))
    schema = json.loads((files("glimpse.planner.report") / "schemas/glimpse.json").read_text(encoding="utf-8"))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(document)] == []
    actual = document["actual"]
    assert actual["period"] == {"month": "2026-10", "days": 31, "of": 31}
    assert actual["not_in_terraform"][0]["paid_usd"] == "20.00"
    printed = [entry["paid_usd"] for entry in (*actual["lines"], *actual["not_in_terraform"])]
    whole = sum(map(Fraction, (*printed, actual["tax_usd"], actual["discount_usd"])))
    assert whole == Fraction(actual["paid_usd"])
    bill = document if command == "bill" else document["today"]
    assert bill["before_usage"] is False
    if command == "plan":
        # The short report has one line of it.
        assert re.search(r"^Paid +\S", ran(capsys, *arguments), re.MULTILINE)
        arguments = (*arguments, "--full")
    for language, title in (("en", "Paid in 2026-10"), ("ko", "2026-10에 낸 비용")):
        text = ran(capsys, *arguments, "--lang", language)
        assert title in text
        assert "\x1b" not in text
        page = ran(capsys, *arguments, "--lang", language, "--format", "markdown")
        assert title in page
        assert "<b>" not in page
