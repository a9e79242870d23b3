"""The script that makes the snapshot keeps the latest evidence, drops what was inferred, and gives the same bytes."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import json
from collections import defaultdict
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from glimpse.planner.outside import price_files
from glimpse.planner.outside.price_updates.files import snapshot_document
from glimpse.planner.price_updates.snapshot import rows_of
from glimpse.planner.price_updates.validation import SOURCE
from tests.conftest import REPOSITORY

COLUMNS = "service region sku_kind unit usd term attributes_json source as_of confidence".split()

EVIDENCE = REPOSITORY.parent / "shared/prices"
needs_evidence = pytest.mark.skipif(not EVIDENCE.is_dir(), reason="the price evidence is not beside this repository")

# Kinds whose prices name different attributes, and why that is right.
SEVERAL = {
    ("AmazonDynamoDB", "rcu_hour"): "the Standard table class goes without saying",
    ("AmazonDynamoDB", "read_request_million"): "the Standard table class goes without saying",
    ("AmazonDynamoDB", "storage_gb_month"): "the Standard table class goes without saying",
    ("AmazonDynamoDB", "wcu_hour"): "the Standard table class goes without saying",
    ("AmazonDynamoDB", "write_request_million"): "the Standard table class goes without saying",
    ("AmazonEC2", "instance_hour"): "only on-demand prices name the tenancy, only Spot prices the zone",
    ("AmazonEC2", "nat_gateway_hour"): "a gateway in one zone goes without saying",
    ("AmazonEFS", "storage_gb_month"): "only Infrequent Access depends on the kind of throughput",
    ("AmazonRoute53", "query_million"): "simple routing goes without saying",
    ("AmazonS3", "retrieval_gb"): "only the archives have a speed of retrieval",
    ("AmazonS3", "select_scanned_gb"): "only the archives have a speed of retrieval",
    ("AmazonS3", "select_returned_gb"): "only the archives have a speed of retrieval",
    ("AmazonVPC", "transit_gateway_attachment_hour"): "a VPC goes without saying",
    ("AWSDataTransfer", "inter_region_out_gb"): "two pairs of regions are cheaper than the rest",
    ("awskms", "request_10k"): "the symmetric key goes without saying",
}


@pytest.fixture(scope="module")
def shipped() -> dict[str, Any]:
    return {
        region.region: json.loads(gzip.decompress((price_files.FOLDER / f"{name}.json.gz").read_bytes()))
        for region in price_files.manifest()[1]
        if (name := region.region.replace(":", "-"))
    }


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("snapshot", REPOSITORY / "scripts/make_price_snapshot.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "SHIPPED", tmp_path / "prices")
    return module


def row(
    usd: str, as_of: str, confidence: str = "high", kind: str = "alb_hour", service: str = "AWSELB", **attributes: str
) -> dict[str, str]:
    values = (service, "r1", kind, "hour", usd, "on_demand", json.dumps(attributes), f"says {usd}", as_of, confidence)
    return dict(zip(COLUMNS, values, strict=True))


def made(script: ModuleType, *rows: dict[str, str]) -> list[list[object]]:
    return script.prices_by_region(script.latest(rows)).get("r1", [])  # type: ignore[no-any-return]


def test_the_latest_date_wins_and_unknown_is_the_oldest(script: ModuleType) -> None:
    [price] = made(script, row("3", "unknown"), row("1", "2025-01-01"), row("2", "2026-01-01"))
    assert price[5] == [[0, "2"]]
    assert price[7] == "2026-01-01"


def test_what_was_inferred_is_dropped_even_when_it_is_all_there_is(script: ModuleType) -> None:
    assert made(script, row("1", "2026-01-01", "low")) == []


def test_notes_and_codes_do_not_make_two_prices_of_one(script: ModuleType) -> None:
    assert len(made(script, row("1", "2025-01-01", rate_code="A"), row("2", "2026-01-01", note="B"))) == 1


def test_tier_words_become_bounds_and_the_oldest_part_dates_the_whole(script: ModuleType) -> None:
    rows = [
        row("0.126", "2026-10-05", kind="internet_out_gb", tier="first 10 TB"),
        row("0.108", "2024-07-01", "medium", kind="internet_out_gb", tier="over 150 TB"),
        row("0.122", "2026-10-05", kind="internet_out_gb", tier="next 40 TB"),
        row("0.117", "2026-10-05", kind="internet_out_gb", tier="next 100 TB"),
    ]
    [price] = made(script, *rows)
    assert price[5] == [[0, "0.126"], [10_240, "0.122"], [51_200, "0.117"], [153_600, "0.108"]]
    assert (price[7], price[8]) == ("2024-07-01", "medium")


def test_a_price_of_a_million_begins_its_tiers_in_millions(script: ModuleType) -> None:
    rows = [
        row("0.4", "2026-01-01", kind="query_million", tier="first 1B"),
        row("0.2", "2026-01-01", kind="query_million", tier="over 1B"),
    ]
    [price] = made(script, *rows)
    assert price[5] == [[0, "0.4"], [1000, "0.2"]]


def test_a_price_without_its_last_tier_ends_where_the_tiers_that_are_held_end(script: ModuleType) -> None:
    rows = [
        row("0.75", "2026-01-01", kind="certificate", tier="first 1k"),
        row("0.35", "2026-01-01", kind="certificate", tier="next 9k"),
    ]
    [price] = made(script, *rows)
    assert price[5] == [[0, "0.75"], [1000, "0.35"], [10000, ""]]


def test_the_same_evidence_gives_the_same_bytes(script: ModuleType, tmp_path: Path) -> None:
    with gzip.open(tmp_path / "aws-list-prices.csv.gz", "wt", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerow(row("1", "2026-01-01"))
    found = []
    for _ in range(2):
        script.write(script.prices_by_region(script.latest(script.evidence(tmp_path))))
        found.append({path.name: path.read_bytes() for path in script.SHIPPED.iterdir()})
    assert found[0] == found[1]
    assert set(found[0]) == {"r1.json.gz", "kinds.json.gz", "manifest.json"}


def test_two_spellings_of_one_kind_meet_and_the_latest_wins(script: ModuleType) -> None:
    cluster = "Multi-AZ DB cluster (2 readable standbys)"
    kind = {"kind": "db_storage_gb_month", "service": "AmazonRDS"}
    rows = [
        row("0.4", "2024-01-01", deployment=cluster, engine="PostgreSQL", **kind),
        row("0.5", "2026-01-01", deployment="Multi-AZ DB cluster", **kind),
    ]
    [price] = made(script, *rows)
    assert (price[2], price[5]) == ({"deployment": "Multi-AZ DB cluster"}, [[0, "0.5"]])


def test_a_request_to_s3_says_its_class(script: ModuleType) -> None:
    [price] = made(script, row("0.005", "2026-01-01", kind="request_tier1", service="AmazonS3"))
    assert price[2] == {"storage_class": "Standard"}


def test_a_test_label_is_a_price_only_under_its_real_name_and_unit(script: ModuleType) -> None:
    label = {"kind": "golden:directory_service_simple_ad_small", "service": "AWSDirectoryService"}
    monthly = {**row("36.5", "2024-07-01", **label), "region": "us-east-1"}
    unnamed = {**row("1", "2024-07-01", kind="golden:anything"), "region": "us-east-1"}
    [price] = script.prices_by_region(script.latest([monthly, unnamed]))["us-east-1"]
    assert price[1:3] == ["domain_controller_hour", {"directory": "Simple AD", "size": "Small"}]
    assert (price[4], price[5]) == ("hour", [[0, "0.05"]])


def test_a_price_for_either_engine_stands_under_each_that_is_sold(script: ModuleType) -> None:
    node = {"kind": "node_hour", "service": "AmazonElastiCache", "node_type": "cache.t3.micro"}
    reserved = {**row("0.01", "2024-01-01", engine=script.UNSEPARATED, **node), "term": "reserved_1yr_no_upfront"}
    prices = made(script, row("0.02", "2025-01-01", engine="Redis", **node), reserved)
    assert [(price[2]["engine"], price[3]) for price in prices] == [  # type: ignore[index]
        ("Redis", "on_demand"),
        ("Redis", "reserved_1yr_no_upfront"),
    ]


def test_what_ships_is_small() -> None:
    assert sum(len((price_files.FOLDER / name).read_bytes()) for name in _files()) < 3_000_000


def test_every_kind_has_one_set_of_attributes_and_one_unit_or_a_reason(shipped: dict[str, Any]) -> None:
    sets, units = defaultdict(set), defaultdict(set)
    for held in shipped.values():
        for service, kind, attributes, _, unit, *_ in held["prices"]:
            sets[service, kind].add(tuple(sorted(attributes)))
            units[service, kind].add(unit)
    assert {kind for kind, found in sets.items() if len(found) > 1} == set(SEVERAL)
    assert [kind for kind, found in units.items() if len(found) > 1] == []


def test_the_list_of_kinds_says_where_each_is_held(shipped: dict[str, Any]) -> None:
    found = defaultdict(set)
    for region, held in shipped.items():
        for price in held["prices"]:
            found[price[0], price[1]].add(region)
    assert {kind: set(where) for kind, where in price_files.kinds().items()} == found


def test_what_one_region_lacks_is_held_by_another_and_not_for_all() -> None:
    lacking = price_files.kinds_of_other_regions("ap-northeast-2")
    assert lacking["AWSTransfer", "protocol_hour"] == 1
    assert ("AmazonEC2", "instance_hour") not in lacking
    assert ("AmazonRoute53", "hosted_zone_month") not in lacking


@needs_evidence
def test_what_no_offer_file_gave_is_what_the_script_makes_of_the_evidence(
    script: ModuleType, shipped: dict[str, Any]
) -> None:
    script.write(script.prices_by_region(script.latest(script.evidence(EVIDENCE))))
    assert {path.name for path in script.SHIPPED.iterdir()} == set(_files())
    for region, document in shipped.items():
        made = rows_of(snapshot_document(script.SHIPPED, region))
        held = rows_of(document)
        updated = {key for key, price in held.items() if price.source.startswith(SOURCE)}
        assert {key: held[key] for key in held.keys() - updated} == {key: made[key] for key in made.keys() - updated}


@needs_evidence
def test_no_ordinary_row_of_the_evidence_is_lost(script: ModuleType, shipped: dict[str, Any]) -> None:
    dated = {
        (region, service, kind, tuple(sorted(attributes.items())), term): as_of
        for region, held in shipped.items()
        for service, kind, attributes, term, _, _, _, as_of, *_ in held["prices"]
    }
    lost = [
        (name, row["term"])
        for row in script.evidence(EVIDENCE)
        if row["confidence"] != "low"
        for name in script.named(row)
        if name.attributes.get("engine") != script.UNSEPARATED
        if (name.region, name.service, name.kind, tuple(sorted(name.attributes.items())), row["term"]) not in dated
    ]
    assert lost == []


@needs_evidence
def test_every_name_for_a_test_label_names_a_row(script: ModuleType) -> None:
    seen = {
        (row["service"], region, row["sku_kind"].removeprefix("golden:").split("@")[0])
        for row in script.evidence(EVIDENCE)
        if row["sku_kind"].startswith("golden:")
        for region in (row["region"], "*")
    }
    assert [label for label in script.test_labels() if label not in seen] == []


def _files() -> list[str]:
    return [file.name for file in price_files.FOLDER.iterdir() if ".json" in file.name]
