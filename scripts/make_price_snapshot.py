#!/usr/bin/env python3
"""
Make the price snapshot that the package ships, from a folder of evidence rows.

    python scripts/make_price_snapshot.py FOLDER      FOLDER holds aws-list-prices.csv.gz and its README

Rows are evidence: one price can stand once per source. For each (service, region, kind, attributes, tier, term)
the row with the latest date wins; the source and the date stay beside the price. The result is one compressed JSON
file a region, so that a bill reads only the region it asks for, and a list of which kind is held where.
The same input gives the same bytes.

What is not shipped, and why:
- rows of low confidence: they were inferred, or their sources disagree;
- rows under another tool's test label ("golden:") that `price_names.csv` does not name. That table gives the real kind
  to each one that is the only evidence of a price. Left out are those that repeat an ordinary row of the same region,
  and those that are rounded in print: Aurora's I/O-Optimized ACU and storage (0.16, 0.23), and Redshift's concurrency
  scaling, which is the node's own price by the second; SMS, which depends on the country; S3's early deletion, which is
  the storage price; bundles of Lightsail that are no longer sold;
- prices whose first tier is missing: nothing can be charged by them.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

from glimpse.planner.outside.price_updates.files import write_snapshot
from glimpse.planner.price_updates.snapshot import PriceRow, region_text

SHIPPED = Path(__file__).parent.parent / "src/glimpse/planner/outside/prices"
NAMES = Path(__file__).parent / "price_names.csv"

# Words about a row, not part of what is priced.
DESCRIPTIVE = frozenset(
    "rate_code sku usagetype note confirmation inference disagreement on_demand_hour effective_hour memory vcpu"
    " generation previous_generation derived component infracost_test resource minimum_gb operations state"
    " offering_class az_id".split()
)

# Where sources spell one kind in several ways, the spelling that is kept, so that old and new evidence meet. Each kind
# of a service has: another name of its own, attributes that make no difference, and those that go without saying.
STANDARD = {"storage_class": "Standard"}


class Spelling(NamedTuple):
    kind: str = ""
    without: frozenset[str] = frozenset()
    unless_said: dict[str, str] = {}  # noqa: RUF012 (never changed)
    tier: str = ""


SPELLINGS = {
    ("AmazonEC2", "regional_nat_gateway_hour"): Spelling("nat_gateway_hour", unless_said={"availability": "regional"}),
    # Noted as the first tier, which ends at 500 TB (Data Firehose pricing page).
    ("AmazonFirehose", "ingest_gb"): Spelling(tier="first 500 TB"),
    # The volumes of PostgreSQL, MySQL and MariaDB cost the same wherever both are held.
    ("AmazonRDS", "db_storage_gb_month"): Spelling(without=frozenset({"engine"})),
    ("AmazonRDS", "aurora_serverless_v2_acu_hour"): Spelling(without=frozenset({"engine"})),
    # Seoul's gp3 IOPS do not say for how many zones. At 0.023 to Virginia's 0.02 they stand as the volumes do, 0.131 to
    # 0.115, for one zone; Virginia's for two are 0.04.
    ("AmazonRDS", "db_iops_month"): Spelling(unless_said={"deployment": "Single-AZ"}),
    # Requests to another class cost several times more: the Standard price must not cover a class that has none.
    ("AmazonS3", "request_tier1"): Spelling(unless_said=STANDARD),
    ("AmazonS3", "request_tier2"): Spelling(unless_said=STANDARD),
    ("AmazonS3", "request_glacier_ir_put"): Spelling(
        "request_tier1", unless_said={"storage_class": "Glacier Instant Retrieval"}
    ),
}

VALUES = {("deployment", "Multi-AZ DB cluster (2 readable standbys)"): "Multi-AZ DB cluster"}

# Reserved nodes whose source does not separate the engines: they are the price of either. Where the engines are held
# too, 11,754 of 11,763 agree, and those, being newer, win.
UNSEPARATED = "Redis/Memcached (source does not separate engines)"
ENGINES = ("Redis", "Memcached")


class Name(NamedTuple):
    """What a row is the price of; `unit` only where the row is held under another tool's test label."""

    service: str
    region: str
    kind: str
    attributes: dict[str, str]
    tier: str
    per: int = 1  # the row's unit holds so many of ours: a million requests, the 730 hours of a month
    unit: str = ""


# AWS counts 1 TB of transfer as 1,024 GB (its first internet tier ends at 10,240 GB).
SCALE = {"TB": 1024, "PB": 1024 * 1024, "GB": 1, "K": 1000, "M": 1000**2, "B": 1000**3, "": 1}
TIER = re.compile(r"^(first|next|over) ([\d.]+) ?(GB|TB|PB|K|M|B)?(?: .*)?$", re.IGNORECASE)
MONTHS = {"1yr": 12, "3yr": 36}


def evidence(folder: Path) -> Iterator[dict[str, str]]:
    with gzip.open(folder / "aws-list-prices.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


@cache
def test_labels() -> dict[tuple[str, str, str], list[tuple[str, Name]]]:
    """(service, region, label) -> what such rows are; some only for one resource of the test, "" is any."""
    labels = defaultdict(list)
    with NAMES.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            attributes = dict(pair.split("=", 1) for pair in line["attributes"].split(";") if pair)
            service = line["held_service"] or line["service"]
            name = Name(
                service, line["held_region"], line["kind"], attributes, line["tier"], int(line["per"]), line["unit"]
            )
            labels[line["service"], line["region"], line["label"]].append((line["resource"], name))
    return labels


def named(row: dict[str, str]) -> list[Name]:
    """What a row is the price of; nothing where it is only another tool's test label."""
    attributes = json.loads(row["attributes_json"] or "{}")
    service, region, kind = row["service"], row["region"], row["sku_kind"]
    if kind.startswith("golden:"):
        label = kind.removeprefix("golden:").split("@")[0]
        found = [*test_labels().get((service, region, label), ()), *test_labels().get((service, "*", label), ())]
        return [
            name._replace(region=name.region or region)
            for resource, name in found
            if resource in ("", attributes.get("resource"))
        ]
    spelling = SPELLINGS.get((service, kind), Spelling())
    key = {name: str(value) for name, value in attributes.items() if name not in DESCRIPTIVE | {"tier", "upfront_usd"}}
    key = {name: VALUES.get((name, value), value) for name, value in key.items() if name not in spelling.without}
    if row["term"] == "spot" and attributes.get("az_id"):
        key["zone"] = str(attributes["az_id"])
    tier = str(attributes.get("tier", spelling.tier))
    return [Name(service, region, spelling.kind or kind, {**spelling.unless_said, **key}, tier)]


def latest(rows: Iterable[dict[str, str]]) -> dict[tuple, dict[str, str]]:
    """The row with the latest date for each price; `unknown` sorts oldest, a stronger confidence breaks a tie."""
    best: dict[tuple, dict[str, str]] = {}
    for row in rows:
        if row["confidence"] == "low":
            continue
        for what in named(row):
            attributes = tuple(sorted(what.attributes.items()))
            key = (what.region, what.service, what.kind, attributes, row["term"], what.tier)
            if key not in best or rank(row) > rank(best[key]):
                best[key] = {**row, **in_our_unit(row, what)} if what.unit else row
    return separated(best)


def rank(row: dict[str, str]) -> tuple[str, bool]:
    return ("" if row["as_of"] == "unknown" else row["as_of"], row["confidence"] == "high")


def in_our_unit(row: dict[str, str], what: Name) -> dict[str, str]:
    """The price of a million requests as the price of one, of a month as that of an hour."""
    return {"usd": f"{Decimal(row['usd']) / what.per:f}" if what.per > 1 else row["usd"], "unit": what.unit}


def separated(best: dict[tuple, dict[str, str]]) -> dict[tuple, dict[str, str]]:
    """A price for either engine, under each engine that is sold on demand there and has no newer price of its own."""
    kept = {}
    for key, row in best.items():
        region, service, kind, attributes, term, tier = key
        if ("engine", UNSEPARATED) not in attributes:
            kept[key] = row
            continue
        for engine in ENGINES:
            own = tuple(sorted({**dict(attributes), "engine": engine}.items()))
            if (region, service, kind, own, "on_demand", tier) in best:
                kept.setdefault((region, service, kind, own, term, tier), row)
    return {key: best.get(key, row) for key, row in kept.items()}


def tier_starts(words: list[str]) -> dict[str, int]:
    """
    Turn tier words into the quantity at which each tier begins.

    ["first 10 TB", "next 40 TB", "over 50 TB"] -> 0, 10240, 51200

    Where no word says "over", no price is held from the quantity on that the empty word gets.
    """
    starts: dict[str, int] = {}
    end = 0
    spans = []
    for word in words:
        match = TIER.match(word)
        if not match:
            raise SystemExit(f"a tier that this script cannot read: {word!r}")
        role, size, scale = match.group(1).lower(), float(match.group(2)), SCALE[(match.group(3) or "").upper()]
        spans.append((("first", "next", "over").index(role), size * scale, word))
    for role, size, word in sorted(spans):
        if role == 2:
            starts[word] = int(size)
        else:
            starts[word] = end
            end += int(size)
    if spans and max(spans)[0] < 2:
        starts[""] = end
    return starts


def prices_by_region(best: dict[tuple, dict[str, str]]) -> dict[str, list[list]]:
    grouped: dict[tuple, dict[str, dict[str, str]]] = defaultdict(dict)
    for (region, service, kind, attributes, term, tier), row in best.items():
        grouped[(region, service, kind, attributes, term)][tier] = row
    regions: dict[str, list[list]] = defaultdict(list)
    for (region, service, kind, attributes, term), tiers in sorted(grouped.items()):
        if "" in tiers and len(tiers) > 1:
            tiers = {word: row for word, row in tiers.items() if word}
        starts = tier_starts([word for word in tiers if word]) or {"": 0}
        if kind.endswith("_million"):
            starts = {word: start // 10**6 for word, start in starts.items()}
        end = starts.pop("", 0) if "" not in tiers else 0
        ordered = sorted(tiers, key=lambda word: starts[word])
        if starts[ordered[0]] != 0:
            continue  # the first tier is missing: no price can be told
        oldest = min((tiers[word] for word in ordered), key=lambda row: row["as_of"])
        weakest = "medium" if any(tiers[word]["confidence"] == "medium" for word in ordered) else "high"
        upfront = json.loads(oldest["attributes_json"] or "{}").get("upfront_usd")
        months = next((count for word, count in MONTHS.items() if word in term), None)
        regions[region].append(
            [service, kind, dict(attributes), term, oldest["unit"],
             [*([starts[word], tiers[word]["usd"]] for word in ordered), *([[end, ""]] if end else [])],
             oldest["source"], oldest["as_of"], weakest,
             *([str(upfront), months] if upfront else [])]
        )  # fmt: skip
    return regions


def write(regions: dict[str, list[list]]) -> None:
    SHIPPED.mkdir(exist_ok=True)
    for old in SHIPPED.glob("*.json*"):
        old.unlink()

    def text_of(region: str) -> str:
        return region_text(
            PriceRow(service, kind, tuple(sorted(attributes.items())), term, unit, tuple(map(tuple, tiers)), *rest)
            for service, kind, attributes, term, unit, tiers, *rest in regions[region]
        )

    name, count = write_snapshot(SHIPPED, regions, text_of)
    print(f"{name}: {count} prices, {len(regions)} regions")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "aws-list-prices.csv.gz").is_file():
        sys.exit(__doc__)
    write(prices_by_region(latest(evidence(Path(sys.argv[1])))))
