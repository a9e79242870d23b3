"""A row of an offer file becomes the price that it is, or none."""

from __future__ import annotations

import csv
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from glimpse.planner.outside import price_files
from glimpse.planner.outside.price_updates.tables import Tables, shapes_of
from glimpse.planner.price_updates.meters import EVERYWHERE
from glimpse.planner.price_updates.offers import Offer, OfferReader
from glimpse.planner.price_updates.snapshot import Key
from tests.planner.offer_files import SEOUL, Cells, fargate_rows, offer_text, reserved, row, shipped

OFFERS = Path(__file__).parent / "offers"
TABLES = Tables()
T4G = {
    "Instance_Type": "t4g.micro", "Operating_System": "Linux", "Tenancy": "Shared", "Pre_Installed_S/W": "NA",
    "CapacityStatus": "Used", "License_Model": "No License required", "MarketOption": "OnDemand",
}  # fmt: skip


@cache
def shapes():  # type: ignore[no-untyped-def]
    return shapes_of(map(price_files.shipped_document, (entry.region for entry in price_files.manifest()[1])))


def read(code: str, *rows: Cells, region: str = SEOUL, text: str = "") -> Offer:
    reader = OfferReader(TABLES.meters[code], region, shapes(), TABLES.codes, TABLES.edges)
    return reader.read(csv.reader((text or offer_text(code, rows)).splitlines()))


def usd(offer: Offer, region: str = SEOUL) -> dict[Key, str]:
    return {key: f"{charge.tiers[0][1].normalize():f}" for key, charge in offer.charges.get(region, {}).items()}


def held(key: Key, region: str = SEOUL) -> str:
    return f"{Decimal(shipped(region)[key].tiers[0][1]).normalize():f}"


def key(service: str, kind: str, term: str = "on_demand", **attributes: str) -> Key:
    return service, kind, tuple(sorted(attributes.items())), term


@pytest.mark.parametrize("code", ["AmazonRDS", "AmazonElastiCache"])
def test_each_price_of_a_file_in_the_real_format_is_the_one_that_ships(code: str) -> None:
    offer = read(code, text=(OFFERS / f"{code}.csv").read_text())
    assert (offer.version, offer.published) == ("20261120101112", "2026-11-20")
    assert usd(offer) == {found: held(found) for found in usd(offer)}
    assert [charge.doubt for charge in offer.charges[SEOUL].values() if charge.doubt] == []
    assert len(usd(offer)) >= 8


def test_databases_are_told_apart_by_engine_zones_and_term() -> None:
    offer = read("AmazonRDS", text=(OFFERS / "AmazonRDS.csv").read_text())
    found = {
        (dict(name[2])["engine"], dict(name[2])["deployment"], name[3])
        for name in usd(offer)
        if "engine" in dict(name[2])
    }
    assert found == {
        ("PostgreSQL", "Single-AZ", "on_demand"), ("MySQL", "Single-AZ", "on_demand"),
        ("MariaDB", "Single-AZ", "on_demand"), ("PostgreSQL", "Multi-AZ", "on_demand"),
        ("PostgreSQL", "Single-AZ", "reserved_1yr_no_upfront"),
        ("PostgreSQL", "Single-AZ", "reserved_1yr_partial_upfront"),
        ("PostgreSQL", "Single-AZ", "reserved_3yr_partial_upfront"),
    }  # fmt: skip


def test_a_reserved_term_has_its_upfront_payment_and_its_months() -> None:
    offer = read("AmazonRDS", text=(OFFERS / "AmazonRDS.csv").read_text())
    name = key(
        "AmazonRDS", "db_instance_hour", "reserved_3yr_partial_upfront",
        deployment="Single-AZ", engine="PostgreSQL", instance_class="db.t4g.micro",
    )  # fmt: skip
    charge, ours = offer.charges[SEOUL][name], shipped()[name]
    assert (str(charge.upfront), charge.months) == (ours.upfront, ours.months) == ("167", 36)


def test_a_partial_upfront_without_its_payment_is_doubtful() -> None:
    node = row(
        "APN2-NodeUsage:cache.t4g.micro", "0.024", operation="CreateCacheCluster:0002", Instance_Type="cache.t4g.micro"
    )
    [charge] = read("AmazonElastiCache", *reserved(node, "1yr", "Partial Upfront", "0.008")).charges[SEOUL].values()
    assert charge.doubt == "price_doubt_upfront"


def test_fargate_is_told_apart_by_processor_and_system() -> None:
    found = usd(read("AmazonECS", *fargate_rows()))
    assert found == {name: held(name) for name in found}
    assert len(found) == 8


def test_an_instance_is_linux_shared_and_without_software() -> None:
    box = row("APN2-BoxUsage:t4g.micro", "0.0104", operation="RunInstances", **T4G)
    others = [
        {**box, "Operating System": "Windows"}, {**box, "Tenancy": "Dedicated"}, {**box, "Pre Installed S/W": "SQL Std"},
        {**box, "CapacityStatus": "AllocatedCapacityReservation"}, {**box, "MarketOption": "CapacityBlock"},
        {**box, "Location Type": "AWS Local Zone", "Region Code": "ap-northeast-2-tpe-1"},
    ]  # fmt: skip
    others = [{**cells, "SKU": f"X{number}", "PricePerUnit": "9"} for number, cells in enumerate(others)]
    assert usd(read("AmazonEC2", *others, box)) == {
        key("AmazonEC2", "instance_hour", instance_type="t4g.micro", os="Linux", tenancy="Shared"): "0.0104"
    }


def test_a_new_instance_type_is_a_new_price_and_a_term_that_is_never_held_is_none() -> None:
    box = row("APN2-BoxUsage:t9g.micro", "0.0104", operation="RunInstances", **(T4G | {"Instance_Type": "t9g.micro"}))
    terms = [
        *reserved(box, "1yr", "No Upfront", "0.007"), *reserved(box, "1yr", "All Upfront", "0", "60"),
        *({**cells, "OfferTermCode": "C", "OfferingClass": "convertible"} for cells in reserved(box, "3yr", "No Upfront", "0.006")),
    ]  # fmt: skip
    assert [name[3] for name in usd(read("AmazonEC2", box, *terms))] == [
        "on_demand", "reserved_1yr_no_upfront", "reserved_3yr_no_upfront_convertible",
    ]  # fmt: skip


def test_what_stands_for_a_star_must_be_held_somewhere() -> None:
    brokers = [row(f"APN2-Kafka.{name}", "0.2", operation="RunBroker") for name in ("m5.large", "express.m7g.large")]
    assert [dict(name[2])["instance_type"] for name in usd(read("AmazonMSK", *brokers))] == ["kafka.m5.large"]


def test_tiers_are_counted_in_the_units_of_the_price() -> None:
    rows = [
        row("DNS-Queries", "0.0000004", "Queries", "DNSQuery", SKU="Q", EndingRange="1000000000"),
        row("DNS-Queries", "0.0000002", "Queries", "DNSQuery", SKU="Q", StartingRange="1000000000"),
    ]
    offer = read("AmazonRoute53", *rows, region=EVERYWHERE)
    tiers = offer.charges["global"][key("AmazonRoute53", "query_million")].tiers
    assert [(str(start), f"{price.normalize():f}") for start, price in tiers] == [("0", "0.4"), ("1000", "0.2")]


def test_the_prices_of_an_edge_go_where_people_are() -> None:
    rows = [
        row("JP-Requests-Tier2-HTTPS", "0.0000012", "Requests"), row("Invalidations", "0.005", "URL"),
        row("Global-DataTransfer-Out-Bytes", "0", "GB"),
    ]  # fmt: skip
    charges = read("AmazonCloudFront", *rows, region=EVERYWHERE).charges
    assert {region: [name[1] for name in found] for region, found in charges.items()} == {
        "edge:japan": ["https_request"], "global": ["invalidation_path"],
    }  # fmt: skip
    assert usd(read("AmazonCloudFront", *rows, region=EVERYWHERE), "edge:japan").popitem()[1] == "0.012"


def test_the_usage_types_of_virginia_have_no_prefix_and_those_of_keys_have_the_whole_region() -> None:
    hours = row("NatGateway-Hours", "0.045", Region_Code="us-east-1")
    assert list(usd(read("AmazonEC2", {**hours, **_blank()}, region="us-east-1"), "us-east-1").values()) == ["0.045"]
    assert list(usd(read("awskms", row("ap-northeast-2-KMS-Keys", "1", "months"))).values()) == ["1"]


def _blank() -> Cells:
    return {name.replace("_", " "): "" for name in T4G}


def test_the_price_of_another_region_or_of_the_whole_world_is_left_out() -> None:
    rows = [row("USE1-NatGateway-Hours", "9", **T4G), row("Global-NatGateway-Hours", "9", Region_Code="", **T4G)]
    assert usd(read("AmazonEC2", *rows)) == {}


def test_a_unit_of_another_time_is_doubtful() -> None:
    [charge] = (
        read("AWSELB", row("APN2-LoadBalancerUsage", "16.4", "Mo", "LoadBalancing:Application")).charges[SEOUL].values()
    )
    assert charge.doubt == "price_doubt_unit"


@pytest.mark.parametrize(
    ("starts", "ends"), [(("0", "20"), ("10", "Inf")), (("5", "10"), ("10", "Inf")), (("0", "10"), ("10", "20"))]
)
def test_tiers_with_a_gap_are_doubtful(starts: tuple[str, str], ends: tuple[str, str]) -> None:
    rows = [
        row("APN2-NatGateway-Bytes", "0.05", "GB", SKU="N", StartingRange=start, EndingRange=end, **T4G)
        for start, end in zip(starts, ends, strict=True)
    ]
    [charge] = read("AmazonEC2", *rows).charges[SEOUL].values()
    assert charge.doubt == "price_doubt_tiers"


def test_two_prices_of_one_product_are_doubtful_and_of_two_products_ambiguous() -> None:
    hour = row("APN2-NatGateway-Hours", "0.059", SKU="N", **T4G)
    [twice] = read("AmazonEC2", hour, {**hour, "PricePerUnit": "0.06"}).charges[SEOUL].values()
    [ambiguous] = read("AmazonEC2", hour, {**hour, "SKU": "M", "PricePerUnit": "0.06"}).charges[SEOUL].values()
    [agreed] = read("AmazonEC2", hour, {**hour, "SKU": "M"}).charges[SEOUL].values()
    assert [charge.doubt for charge in (twice, ambiguous, agreed)] == ["price_doubt_twice", "price_doubt_ambiguous", ""]


def test_every_meter_is_of_a_kind_that_is_held_under_those_attributes() -> None:
    never_held = set()
    for meters in TABLES.meters.values():
        for meter in meters.all:
            if (shape := shapes().get((meter.service, meter.kind))) is None:
                never_held.add(meter.kind)
            else:
                assert tuple(sorted(meter.attributes)) in {names for names, _ in shape.held}, meter
    assert never_held == {"container_insights_metric_month"}


def test_every_condition_belongs_to_a_meter() -> None:
    conditions = {name for meters in TABLES.meters.values() for name in meters.where}
    assert {"AmazonEC2/instance_hour", "AmazonRDS/db_instance_hour", "AWSDataTransfer/internet_out_gb"} <= conditions


def test_most_prices_of_seoul_can_be_read_and_those_of_spot_instances_cannot() -> None:
    prices = shipped()
    covered = [name for name in prices if any(meters.covers(name) for meters in TABLES.meters.values())]
    assert len(covered) > 0.95 * len(prices)
    assert not any(name[3] == "spot" for name in covered)
