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
from pathlib import Path

SHIPPED = Path(__file__).parent.parent / "src/glimpse/planner/outside/prices"

# Words about a row, not part of what is priced.
DESCRIPTIVE = frozenset(
    "rate_code sku usagetype note confirmation inference disagreement on_demand_hour effective_hour memory vcpu"
    " generation previous_generation derived component infracost_test resource minimum_gb operations state"
    " offering_class az_id".split()
)

# Rows that stand in the evidence only under the label of another tool's test, and what they are.
# (service, region, label) -> (service, kind, attributes, tier). Everything else labelled so is dropped.
NAMED = {
    ("AmazonS3", "us-east-1", "standard_storage"): ("storage_gb_month", {"storage_class": "Standard"}),
    ("AmazonS3", "us-east-1", "standard_put_copy_post_list_requests"): ("request_tier1", {}),
    ("AmazonS3", "us-east-1", "standard_get_select_and_all_other_requests"): ("request_tier2", {}),
    ("AmazonCloudWatch", "us-east-1", "data_ingested"): ("logs_ingest_gb", {}),
    ("AmazonCloudWatch", "us-east-1", "archival_storage"): ("logs_storage_gb_month", {}),
    ("AmazonECR", "us-east-1", "storage"): ("storage_gb_month", {}),
    ("AmazonSNS", "us-east-1", "email_email_json_notifications_over_1k"): ("email_100k", {}),
    ("AWSDataTransfer", "*", "intra_region_data_transfer"): ("inter_az_gb", {}),
}
TRANSFER_TIERS = {
    "outbound_data_transfer_to_internet_first_10tb": "first 10 TB",
    "outbound_data_transfer_to_internet_next_40tb": "next 40 TB",
    "outbound_data_transfer_to_internet_next_100tb": "next 100 TB",
    "outbound_data_transfer_to_internet_over_150tb": "over 150 TB",
}

# AWS counts 1 TB of transfer as 1,024 GB (its first internet tier ends at 10,240 GB).
SCALE = {"TB": 1024, "PB": 1024 * 1024, "GB": 1, "K": 1000, "M": 1000**2, "B": 1000**3, "": 1}
TIER = re.compile(r"^(first|next|over) ([\d.]+) ?(GB|TB|PB|K|M|B)?(?: .*)?$", re.IGNORECASE)
MONTHS = {"1yr": 12, "3yr": 36}


def evidence(folder: Path) -> Iterator[dict[str, str]]:
    with gzip.open(folder / "aws-list-prices.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def named(row: dict[str, str]) -> tuple[str, dict[str, str], str] | None:
    """The kind, attributes and tier of a row, or None where the row is only another tool's test label."""
    attributes = json.loads(row["attributes_json"] or "{}")
    kind = row["sku_kind"]
    if kind.startswith("golden:"):
        label = kind.removeprefix("golden:").split("@")[0]
        if row["service"] == "AWSDataTransfer" and label in TRANSFER_TIERS:
            return "internet_out_gb", {}, TRANSFER_TIERS[label]
        found = NAMED.get((row["service"], row["region"], label)) or NAMED.get((row["service"], "*", label))
        return (*found, "") if found else None
    key = {name: str(value) for name, value in attributes.items() if name not in DESCRIPTIVE | {"tier", "upfront_usd"}}
    if row["term"] == "spot" and attributes.get("az_id"):
        key["zone"] = str(attributes["az_id"])
    return kind, key, str(attributes.get("tier", ""))


def latest(rows: Iterable[dict[str, str]]) -> dict[tuple, dict[str, str]]:
    """The row with the latest date for each price; `unknown` sorts oldest, a stronger confidence breaks a tie."""
    best: dict[tuple, dict[str, str]] = {}
    for row in rows:
        if row["confidence"] == "low" or not (what := named(row)):
            continue
        kind, attributes, tier = what
        key = (row["region"], row["service"], kind, tuple(sorted(attributes.items())), row["term"], tier)
        rank = ("" if row["as_of"] == "unknown" else row["as_of"], row["confidence"] == "high")
        held = best.get(key)
        if held is None or rank > ("" if held["as_of"] == "unknown" else held["as_of"], held["confidence"] == "high"):
            best[key] = row
    return best


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
