#!/usr/bin/env python3
"""
Make the price snapshot that the package ships, from a folder of evidence rows.

    python scripts/make_price_snapshot.py FOLDER      FOLDER holds aws-list-prices.csv.gz and its README

Rows are evidence: one price can stand once per source. For each (service, region, kind, attributes, tier, term)
the row with the latest date wins; rows of low confidence are dropped; the source and the date stay beside the price.
The result is one compressed JSON file a region, so that a bill reads only the region it asks for.
The same input gives the same bytes.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

SHIPPED = Path(__file__).parent.parent / "src/glimpse/planner/outside/prices"

# Words about a row, not part of what is priced.
DESCRIPTIVE = frozenset(
    "rate_code sku usagetype note confirmation inference disagreement on_demand_hour effective_hour memory vcpu"
    " generation previous_generation derived component infracost_test resource minimum_gb operations state"
    " offering_class az_id".split()
)


class Name(NamedTuple):
    """What a row is that the evidence holds only under the label of another tool's test."""

    kind: str
    attributes: dict[str, str] = {}  # noqa: RUF012 (never changed)
    tier: str = ""
    per: int = 1  # the row's unit holds so many of ours
    region: str = ""


# (service, region, label) -> what it is. Every other row labelled so is dropped.
NAMED = {
    ("AmazonS3", "us-east-1", "standard_storage"): Name("storage_gb_month", {"storage_class": "Standard"}),
    ("AmazonS3", "us-east-1", "standard_put_copy_post_list_requests"): Name("request_tier1"),
    ("AmazonS3", "us-east-1", "standard_get_select_and_all_other_requests"): Name("request_tier2"),
    ("AmazonCloudWatch", "us-east-1", "data_ingested"): Name("logs_ingest_gb"),
    ("AmazonCloudWatch", "us-east-1", "archival_storage"): Name("logs_storage_gb_month"),
    ("AmazonECR", "us-east-1", "storage"): Name("storage_gb_month"),
    ("AmazonSNS", "us-east-1", "email_email_json_notifications_over_1k"): Name("email_100k"),
    ("AmazonApiGateway", "us-east-1", "messages_first_1b"): Name("websocket_message", tier="first 1B", per=10**6),
    ("AmazonApiGateway", "us-east-1", "messages_over_1b"): Name("websocket_message", tier="over 1B", per=10**6),
    ("AmazonApiGateway", "us-east-1", "connection_duration"): Name("websocket_connection_minute", per=10**6),
    ("AmazonApiGateway", "us-east-1", "requests_first_300m"): Name("http_api_request", tier="first 300M", per=10**6),
    ("AmazonApiGateway", "us-east-1", "requests_over_300m"): Name("http_api_request", tier="over 300M", per=10**6),
    ("AWSLambda", "us-east-1", "requests"): Name("request", per=10**6),
    ("AWSLambda", "us-east-1", "duration_first_6b"): Name("gb_second", {"arch": "x86_64"}, "first 6B"),
    ("AWSLambda", "us-east-1", "duration_next_9b"): Name("gb_second", {"arch": "x86_64"}, "next 9B"),
    ("AWSLambda", "us-east-1", "duration_over_15b"): Name("gb_second", {"arch": "x86_64"}, "over 15B"),
    ("AWSLambda", "us-east-1", "duration_first_7_5b"): Name("gb_second", {"arch": "arm64"}, "first 7.5B"),
    ("AWSLambda", "us-east-1", "duration_next_11_25b"): Name("gb_second", {"arch": "arm64"}, "next 11.25B"),
    ("AWSLambda", "us-east-1", "duration_over_18_75b"): Name("gb_second", {"arch": "arm64"}, "over 18.75B"),
    ("AWSDataTransfer", "*", "intra_region_data_transfer"): Name("inter_az_gb"),
    **{
        ("AWSDataTransfer", "*", f"outbound_data_transfer_to_internet_{label}"): Name("internet_out_gb", tier=tier)
        for label, tier in (
            ("first_10tb", "first 10 TB"), ("next_40tb", "next 40 TB"), ("next_100tb", "next 100 TB"),
            ("over_150tb", "over 150 TB"),
        )
    },
}  # fmt: skip

# CloudFront's price list by geography. Requests are priced in two of them alone, as far as the evidence goes.
EDGES = {
    "us_mexico_canada": "edge:us-mexico-canada", "europe_israel": "edge:europe-israel", "japan": "edge:japan",
    "australia_new_zealand": "edge:australia-new-zealand", "india": "edge:india",
    "hong_kong_philippines_asia_pacific": "edge:asia-pacific", "south_america": "edge:south-america",
    "south_africa_kenya_middle_east": "edge:south-africa-middle-east",
}  # fmt: skip
for geography, edge in EDGES.items():
    for label, name in (
        ("https_requests", Name("https_request", region=edge)),
        ("http_requests", Name("http_request", region=edge)),
        ("data_transfer_out_to_origin", Name("to_origin_gb", region=edge)),
        *(
            (f"data_transfer_out_to_internet_{word}", Name("internet_out_gb", tier=tier, region=edge))
            for word, tier in (
                ("first_10tb", "first 10 TB"), ("next_40tb", "next 40 TB"), ("next_100tb", "next 100 TB"),
                ("next_350tb", "next 350 TB"), ("next_524tb", "next 524 TB"), ("next_4pb", "next 4 PB"),
                ("over_5pb", "over 5 PB"),
            )
        ),
    ):  # fmt: skip
        NAMED[("AmazonCloudFront", "global", f"{geography}_{label}")] = name

# AWS counts 1 TB of transfer as 1,024 GB (its first internet tier ends at 10,240 GB).
SCALE = {"TB": 1024, "PB": 1024 * 1024, "GB": 1, "K": 1000, "M": 1000**2, "B": 1000**3, "": 1}
TIER = re.compile(r"^(first|next|over) ([\d.]+) ?(GB|TB|PB|K|M|B)?(?: .*)?$", re.IGNORECASE)
MONTHS = {"1yr": 12, "3yr": 36}


def evidence(folder: Path) -> Iterator[dict[str, str]]:
    with gzip.open(folder / "aws-list-prices.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def named(row: dict[str, str]) -> Name | None:
    """What a row is the price of, or None where it is only another tool's test label."""
    attributes = json.loads(row["attributes_json"] or "{}")
    kind = row["sku_kind"]
    if kind.startswith("golden:"):
        label = kind.removeprefix("golden:").split("@")[0]
        return NAMED.get((row["service"], row["region"], label)) or NAMED.get((row["service"], "*", label))
    key = {name: str(value) for name, value in attributes.items() if name not in DESCRIPTIVE | {"tier", "upfront_usd"}}
    if row["term"] == "spot" and attributes.get("az_id"):
        key["zone"] = str(attributes["az_id"])
    return Name(kind, key, str(attributes.get("tier", "")))


def latest(rows: Iterable[dict[str, str]]) -> dict[tuple, dict[str, str]]:
    """The row with the latest date for each price; `unknown` sorts oldest, a stronger confidence breaks a tie."""
    best: dict[tuple, dict[str, str]] = {}
    for row in rows:
        if row["confidence"] == "low" or not (what := named(row)):
            continue
        attributes = tuple(sorted(what.attributes.items()))
        key = (what.region or row["region"], row["service"], what.kind, attributes, row["term"], what.tier)
        rank = ("" if row["as_of"] == "unknown" else row["as_of"], row["confidence"] == "high")
        held = best.get(key)
        if held is None or rank > ("" if held["as_of"] == "unknown" else held["as_of"], held["confidence"] == "high"):
            best[key] = row if what.per == 1 else {**row, **by_one(row, what)}
    return best


def by_one(row: dict[str, str], what: Name) -> dict[str, str]:
    """The price of a million, as the price of one."""
    return {"usd": f"{Decimal(row['usd']) / what.per:f}", "unit": what.kind.rpartition("_")[2]}


def tier_starts(words: list[str]) -> dict[str, int]:
    """
    Turn tier words into the quantity at which each tier begins.

    ["first 10 TB", "next 40 TB", "over 50 TB"] -> 0, 10240, 51200
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
        ordered = sorted(tiers, key=lambda word: starts[word])
        if starts[ordered[0]] != 0:
            continue  # the first tier is missing: no price can be told
        oldest = min((tiers[word] for word in ordered), key=lambda row: row["as_of"])
        weakest = "medium" if any(tiers[word]["confidence"] == "medium" for word in ordered) else "high"
        upfront = json.loads(oldest["attributes_json"] or "{}").get("upfront_usd")
        months = next((count for word, count in MONTHS.items() if word in term), None)
        regions[region].append(
            [service, kind, dict(attributes), term, oldest["unit"],
             [[starts[word], tiers[word]["usd"]] for word in ordered],
             oldest["source"], oldest["as_of"], weakest,
             *([str(upfront), months] if upfront else [])]
        )  # fmt: skip
    return regions


def write(regions: dict[str, list[list]]) -> None:
    SHIPPED.mkdir(exist_ok=True)
    for old in SHIPPED.glob("*.json*"):
        old.unlink()
    held = {}
    digest = hashlib.sha256()
    for region, prices in sorted(regions.items()):
        sources = sorted({price[6] for price in prices})
        numbered = {source: index for index, source in enumerate(sources)}
        for price in prices:
            price[6] = numbered[price[6]]
        text = json.dumps({"sources": sources, "prices": prices}, separators=(",", ":"), ensure_ascii=False)
        digest.update(text.encode())
        name = region.replace(":", "-")
        (SHIPPED / f"{name}.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
        dates = sorted(price[7] for price in prices if price[7] != "unknown")
        held[region] = {"prices": len(prices), "sources": len(sources), "oldest": dates[0], "newest": dates[-1]}
    manifest = {"id": f"aws-list-prices-{digest.hexdigest()[:12]}", "currency": "USD", "regions": held}
    (SHIPPED / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    print(f"{manifest['id']}: {sum(entry['prices'] for entry in held.values())} prices, {len(held)} regions")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "aws-list-prices.csv.gz").is_file():
        sys.exit(__doc__)
    write(prices_by_region(latest(evidence(Path(sys.argv[1])))))
