"""`--format infracost-json`: the shape that Infracost documents, names that its users know, and the bill's own figures."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from glimpse.cli import main
from glimpse.planner.bill import Bill, Line
from glimpse.planner.differences.causes import Difference, difference_of
from glimpse.planner.differences.snapshots import snapshot_of
from glimpse.planner.outside import workload_files
from glimpse.planner.quantities import certain
from glimpse.planner.report.infracost import bill_as_infracost, diff_as_infracost
from glimpse.planner.report.infracost_names import NAMES, naming
from glimpse.words import Words
from tests.conftest import REPOSITORY, estimator_for, read_stack

Json = dict[str, Any]
Write = Callable[..., Path]

NOON = datetime.datetime(2026, 11, 29, 12, tzinfo=datetime.UTC)
CASES = sorted(path.parent for path in (REPOSITORY / "tests/cases").glob("*/main.tf"))

NUMBER = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
PERHAPS = {"anyOf": [NUMBER, {"type": "null"}]}


def fields(required: Json, optional: Json | None = None) -> Json:
    return {
        "type": "object",
        "required": list(required),
        "properties": required | (optional or {}),
        "additionalProperties": False,
    }


TEXT, WHOLE, MORE = {"type": "string"}, {"type": "integer", "minimum": 0}, {"type": "object"}
COSTS = {"hourlyCost": PERHAPS, "monthlyCost": PERHAPS}
COMPONENT = fields(
    {
        "name": TEXT,
        "unit": TEXT,
        "hourlyQuantity": PERHAPS,
        "monthlyQuantity": PERHAPS,
        "price": PERHAPS,
        **COSTS,
        "usageBased": {"type": "boolean"},
        "priceNotFound": {"type": "boolean"},
    }
)
COSTS |= {"monthlyUsageCost": PERHAPS, "costComponents": {"type": "array", "items": COMPONENT}}
PART = fields({"name": TEXT, "metadata": MORE, **COSTS})
PARTS = {"type": "array", "items": PART}
RESOURCE = fields({"name": TEXT, "resourceType": TEXT, "metadata": MORE, **COSTS, "subresources": PARTS})
TOTALS = ("HourlyCost", "MonthlyCost", "MonthlyUsageCost")
BREAKDOWN = fields(
    {"resources": {"type": "array", "items": RESOURCE}, **dict.fromkeys((f"total{name}" for name in TOTALS), NUMBER)}
)
COUNTS = {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}}
SUMMARY = fields(
    {
        **dict.fromkeys((f"total{kind}Resources" for kind in ("Supported", "Unsupported", "UsageBased")), WHOLE),
        "unsupportedResourceCounts": COUNTS,
    },
    {"totalDetectedResources": WHOLE, "totalNoPriceResources": WHOLE, "noPriceResourceCounts": COUNTS},
)
WARNING = fields({"code": WHOLE, "message": TEXT, "data": MORE, "isError": {"const": False}})
PROJECT = fields(
    {
        "name": TEXT,
        "displayName": TEXT,
        "metadata": fields(
            {"path": TEXT, "type": {"enum": ["terraform_dir", "terraform_plan_json"]}},
            {"warnings": {"type": "array", "items": WARNING, "minItems": 1}},
        ),
        "pastBreakdown": BREAKDOWN,
        "breakdown": BREAKDOWN,
        "diff": BREAKDOWN,
        "summary": SUMMARY,
    }
)
COMMIT = ("Branch", "CommitSha", "CommitAuthorName", "CommitAuthorEmail", "CommitTimestamp", "CommitMessage")
DOCUMENT = fields(
    {
        "version": {"const": "0.2"},
        "metadata": fields(
            {
                "infracostCommand": {"enum": ["breakdown", "diff"]},
                **dict.fromkeys((f"vcs{name}" for name in COMMIT), TEXT),
            }
        ),
        "currency": {"const": "USD"},
        "projects": {"type": "array", "items": PROJECT, "minItems": 1, "maxItems": 1},
        **dict.fromkeys((f"{side}{name}" for side in ("total", "pastTotal", "diffTotal") for name in TOTALS), NUMBER),
        "timeGenerated": {"const": "2026-11-29T12:00:00Z"},
        "summary": SUMMARY,
    }
)
"""The fields that Infracost's published schema requires of every document, those that we add, and no others."""

SHAPE = jsonschema.Draft202012Validator(DOCUMENT)


def breakdown(bill: Bill) -> Json:
    return bill_as_infracost(bill, "stack", Words("en"), NOON)


def between(past: Bill, bill: Bill) -> Difference:
    return difference_of(snapshot_of(past, "before"), snapshot_of(bill, "plan.json"), None)


def diff(past: Bill, bill: Bill) -> Json:
    return diff_as_infracost(between(past, bill), Words("en"), NOON)


def bill_of(folder: Path) -> Bill:
    stack = read_stack(folder)
    return estimator_for(stack.region, workload_files.workload_beside(folder, None)).bill(stack)


@pytest.fixture(scope="module")
def own_bill(own_stack: Any, own_workload: Any) -> Bill:
    return estimator_for(workload=own_workload).bill(own_stack)


@pytest.fixture(scope="module")
def bills(own_bill: Bill) -> list[Bill]:
    # Every fourth: each bill holds many families.
    return [own_bill, *map(bill_of, CASES[::4])]


def components(side: Json) -> Iterator[Json]:
    for resource in side["resources"]:
        for part in (resource, *resource.get("subresources", ())):
            yield from part.get("costComponents", ())


def monthly(rows: Iterator[Json]) -> Fraction:
    return sum((Fraction(row["monthlyCost"]) for row in rows if row["monthlyCost"] is not None), Fraction(0))


def test_every_document_has_the_fields_that_infracost_documents_and_no_others(bills: list[Bill]) -> None:
    for past, bill in zip([bills[-1], *bills], bills, strict=False):
        for document in (breakdown(bill), diff(past, bill)):
            assert [error.message for error in SHAPE.iter_errors(json.loads(json.dumps(document)))] == []


def test_totals_are_those_of_the_bill_and_of_the_components(bills: list[Bill]) -> None:
    for bill in bills:
        document = breakdown(bill)
        [project] = document["projects"]
        assert Fraction(document["totalMonthlyCost"]) == bill.monthly == monthly(components(project["breakdown"]))
        assert abs(Fraction(document["totalHourlyCost"]) * 730 - bill.monthly) < Fraction(1, 10**9)
        resources = [row["monthlyCost"] for row in project["breakdown"]["resources"]]
        assert sum(Fraction(usd) for usd in resources if usd is not None) == bill.monthly
        usage = sum(line.monthly for line in bill.lines if line.meter.usage_based)
        assert Fraction(document["totalMonthlyUsageCost"]) == usage


def test_a_quantity_in_infracosts_unit_times_its_price_is_the_cost(bills: list[Bill]) -> None:
    checked = 0
    for bill in bills:
        for row in components(breakdown(bill)["projects"][0]["breakdown"]):
            if row["monthlyQuantity"] is not None and row["price"] is not None:
                cost = Fraction(row["monthlyQuantity"]) * Fraction(row["price"])
                assert abs(cost - Fraction(row["monthlyCost"])) < Fraction("0.00501"), row
                checked += 1
    assert checked > 100


def test_what_is_not_known_stays_null_and_is_said(bills: list[Bill]) -> None:
    unpriced = 0
    for bill in bills:
        [project] = breakdown(bill)["projects"]
        rows = list(components(project["breakdown"]))
        assert sum(row["monthlyCost"] is None for row in rows) == len(bill.unpriced) + sum(
            line.quantity is None for line in bill.lines
        )
        warnings = project["metadata"].get("warnings", ())
        assert len(warnings) == len(bill.unpriced) + len(bill.stack.unresolved)
        unpriced += len(bill.unpriced)
    assert unpriced > 0


def test_the_counts_are_those_of_the_coverage(bills: list[Bill]) -> None:
    for bill in bills:
        summary, coverage = breakdown(bill)["summary"], bill.coverage()
        assert summary["totalDetectedResources"] == coverage["resources"]
        assert summary["totalSupportedResources"] == coverage["priced"]


KNOWN = """
resource "aws_instance" "web" {
  ami           = "ami-1"
  instance_type = "t3.micro"
}
resource "aws_ebs_volume" "fast" {
  availability_zone = "ap-northeast-2a"
  type              = "gp3"
  size              = 40
  throughput        = 253
}
resource "aws_nat_gateway" "out" {
  subnet_id         = "subnet-1"
  connectivity_type = "private"
}
resource "aws_db_instance" "data" {
  engine            = "postgres"
  engine_version    = "17"
  instance_class    = "db.t4g.micro"
  allocated_storage = 20
  storage_type      = "gp2"
}
resource "aws_lambda_function" "job" {
  function_name = "job"
  memory_size   = 512
}
resource "aws_s3_bucket" "files" {}
"""


def test_an_infracost_user_finds_the_names_and_units_that_they_know(write_stack: Write) -> None:
    [project] = breakdown(bill_of(write_stack(KNOWN)))["projects"]
    seen = {
        (resource["name"], row["name"], row["unit"])
        for resource in project["breakdown"]["resources"]
        for part in (resource, *resource.get("subresources", ()))
        for row in part.get("costComponents", ())
    }
    assert {
        ("aws_instance.web", "Instance usage (Linux/UNIX, on-demand, t3.micro)", "hours"),
        ("aws_instance.web", "Storage (general purpose SSD, gp2)", "GB"),
        ("aws_ebs_volume.fast", "Storage (general purpose SSD, gp3)", "GB"),
        ("aws_ebs_volume.fast", "Provisioned throughput", "Mbps"),
        ("aws_nat_gateway.out", "NAT gateway", "hours"),
        ("aws_nat_gateway.out", "Data processed", "GB"),
        ("aws_db_instance.data", "Database instance (on-demand, Single-AZ, db.t4g.micro)", "hours"),
        ("aws_db_instance.data", "Storage (general purpose SSD, gp2)", "GB"),
        ("aws_lambda_function.job", "Requests", "1M requests"),
        ("aws_lambda_function.job", "Duration", "GB-seconds"),
        ("aws_s3_bucket.files", "Storage", "GB"),
    } <= seen
    by_name = {resource["name"]: resource for resource in project["breakdown"]["resources"]}
    assert [part["name"] for part in by_name["aws_s3_bucket.files"]["subresources"]] == ["Standard"]
    throughput = next(row for row in by_name["aws_ebs_volume.fast"]["costComponents"] if row["unit"] == "Mbps")
    assert throughput["monthlyQuantity"] == "128"
    requests = next(row for row in by_name["aws_lambda_function.job"]["costComponents"] if row["name"] == "Requests")
    assert (requests["price"], requests["monthlyQuantity"], requests["monthlyCost"]) == ("0.2", None, None)


def test_every_name_of_the_table_is_one_that_a_bill_of_ours_needs() -> None:
    bills = "\n".join((case / "bill.txt").read_text() for case in CASES)
    printed = {re.split(r" {2,}", line.strip())[0] for line in bills.splitlines()}
    assert [row.pattern for row in NAMES if not any(re.fullmatch(row.pattern, name) for name in printed)] == []


def test_a_name_that_needs_what_the_price_does_not_tell_keeps_ours() -> None:
    called = naming("AmazonEC2", "t3.micro instance", "hour", "on_demand", "")
    assert (called.name, called.unit) == ("t3.micro instance", "hours")
    second = naming("AmazonEC2", "t3.micro instance (2)", "hour", "spot", "x/AmazonEC2/instance_hour/os=Windows/spot")
    assert second.name == "Instance usage (Windows, spot, t3.micro) (2)"


def test_a_rate_that_falls_with_the_quantity_shows_its_mean(own_bill: Bill) -> None:
    line = next(line for line in own_bill.lines if line.meter.component == "S3 Standard storage")
    assert line.price
    first, second, *_ = line.price.tiers
    quantity = certain(second.start * 2)
    [row] = components(breakdown(only(own_bill, replace(line, quantity=quantity)))["projects"][0]["breakdown"])
    assert Fraction(row["price"]) == (first.usd + second.usd) / 2


def test_an_upfront_payment_is_spread_over_the_hours_of_its_term(own_bill: Bill) -> None:
    line = next(line for line in own_bill.lines if line.meter.component == "db.t4g.micro PostgreSQL")
    assert line.price
    tiers = (replace(line.price.tiers[0], usd=Fraction(0)),)
    price = replace(line.price, tiers=tiers, upfront_usd=Fraction(120), term_months=12)
    sku = replace(line.meter.sku, term="reserved_1yr_all_upfront")
    bill = only(own_bill, replace(line, price=price, meter=replace(line.meter, sku=sku)))
    [row] = components(breakdown(bill)["projects"][0]["breakdown"])
    assert row["name"] == "Database instance (reserved, Single-AZ, db.t4g.micro)"
    assert abs(Fraction(row["price"]) * 730 - 10) < Fraction(1, 10**9)


def only(bill: Bill, line: Line) -> Bill:
    return replace(bill, lines=(line,))


def test_a_diff_holds_what_changed_alone(write_stack: Write) -> None:
    before = bill_of(write_stack(KNOWN))
    after = bill_of(write_stack(KNOWN.replace("t3.micro", "t3.small").replace("= 40", "= 50")))
    document = diff(before, after)
    [project] = document["projects"]
    assert (document["metadata"]["infracostCommand"], project["metadata"]["type"]) == ("diff", "terraform_plan_json")
    assert {row["name"] for row in project["diff"]["resources"]} == {"aws_instance.web", "aws_ebs_volume.fast"}
    delta = after.monthly - before.monthly
    assert Fraction(document["diffTotalMonthlyCost"]) == delta == monthly(components(project["diff"]))
    assert Fraction(document["pastTotalMonthlyCost"]) == before.monthly
    shown = {row["name"]: row["monthlyQuantity"] for row in components(project["diff"])}
    assert shown == {
        "Instance usage (Linux/UNIX, on-demand, t3.micro → t3.small)": "0",
        "Storage (general purpose SSD, gp3)": "10",
    }


@pytest.mark.parametrize(
    ("path", "kind"), [("stack", "terraform_dir"), ("plan.json", "terraform_plan_json"), ("-", "terraform_plan_json")]
)
def test_a_folder_and_a_plan_are_told_apart(path: str, kind: str, own_bill: Bill) -> None:
    [project] = bill_as_infracost(own_bill, path, Words("en"), NOON)["projects"]
    assert project["metadata"] == {**project["metadata"], "path": path, "type": kind}


def test_nothing_changed_is_an_empty_diff(own_bill: Bill) -> None:
    [project] = diff(own_bill, own_bill)["projects"]
    assert project["diff"]["resources"] == []
    assert project["diff"]["totalMonthlyCost"] == "0"


def test_the_difference_of_what_one_side_does_not_know_is_not_known(own_bill: Bill) -> None:
    first, *rest = own_bill.lines
    hidden = replace(own_bill, lines=(replace(first, quantity=None), *rest))
    document = diff(own_bill, hidden)
    [row] = components(document["projects"][0]["diff"])
    assert (row["monthlyQuantity"], row["monthlyCost"]) == (None, None)
    assert document["diffTotalMonthlyCost"] == "0"


def test_bill_and_diff_write_it(write_stack: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_stack(KNOWN)
    kept = tmp_path / "bill.json"
    for arguments in (
        ["bill", str(folder), "--format", "json", "--output", str(kept)],
        ["bill", str(folder), "--format", "infracost-json"],
    ):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0
    bill = json.loads(capsys.readouterr().out)
    (folder / "main.tf").write_text((folder / "main.tf").read_text().replace("t3.micro", "t3.small"))
    with pytest.raises(SystemExit):
        main(["diff", str(kept), str(folder), "--format", "infracost-json"])
    diff = json.loads(capsys.readouterr().out)
    assert bill["metadata"]["infracostCommand"] == "breakdown"
    assert bill["totalMonthlyCost"] == diff["pastTotalMonthlyCost"]
    assert {row["name"] for row in diff["projects"][0]["diff"]["resources"]} == {"aws_instance.web"}
