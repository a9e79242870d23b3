"""Small offer files in AWS's format. Their figures are those of the catalogue that ships, or plainly altered ones."""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType

from glimpse.planner.outside import price_files
from glimpse.planner.price_updates.snapshot import Rows, rows_of

SEOUL = "ap-northeast-2"
PUBLISHED = max(region.newest for region in price_files.manifest()[1])
"""A weekly update gives the prices that ship a later date, and these files are never older than those prices."""

VERSION = f"{PUBLISHED.replace('-', '')}101112"
HEAD = (
    ("FormatVersion", "v1.0"),
    ("Disclaimer", "This pricing list is for informational purposes only."),
    ("Publication Date", f"{PUBLISHED}T10:11:12Z"),
    ("Version", VERSION),
)
COLUMNS = (
    "SKU", "OfferTermCode", "RateCode", "TermType", "PriceDescription", "EffectiveDate", "StartingRange", "EndingRange",
    "Unit", "PricePerUnit", "Currency",
)  # fmt: skip
"""The columns that every offer file begins with."""

RESERVED_COLUMNS = ("LeaseContractLength", "PurchaseOption", "OfferingClass")
PLACE_COLUMNS = ("Product Family", "Location Type", "Region Code", "usageType", "operation")

APPLICATION, NETWORK, GATEWAY = "LoadBalancing:Application", "LoadBalancing:Network", "LoadBalancing:Gateway"
ELB = {
    "alb_hour": ("LoadBalancerUsage", APPLICATION, "Hrs"), "alb_lcu_hour": ("LCUUsage", APPLICATION, "LCU-Hrs"),
    "nlb_hour": ("LoadBalancerUsage", NETWORK, "Hrs"), "nlb_nlcu_hour": ("LCUUsage", NETWORK, "LCU-Hrs"),
    "gwlb_hour": ("LoadBalancerUsage", GATEWAY, "Hrs"), "gwlb_glcu_hour": ("LCUUsage", GATEWAY, "LCU-Hrs"),
    "clb_hour": ("LoadBalancerUsage", "LoadBalancing", "Hrs"),
}  # fmt: skip
FARGATE = {
    ("fargate_vcpu_hour", "x86_64", "Linux"): "Fargate-vCPU-Hours:perCPU",
    ("fargate_gb_hour", "x86_64", "Linux"): "Fargate-GB-Hours",
    ("fargate_vcpu_hour", "arm64", "Linux"): "Fargate-ARM-vCPU-Hours:perCPU",
    ("fargate_gb_hour", "arm64", "Linux"): "Fargate-ARM-GB-Hours",
    ("fargate_vcpu_hour", "x86_64", "Windows"): "Fargate-Windows-vCPU-Hours:perCPU",
    ("fargate_gb_hour", "x86_64", "Windows"): "Fargate-Windows-GB-Hours",
    ("fargate_ephemeral_storage_gb_hour",): "Fargate-EphemeralStorage-GB-Hours",
    ("fargate_windows_license_vcpu_hour",): "Fargate-Windows-OS-Hours:perCPU",
}
Cells = dict[str, str]


@cache
def shipped(region: str = SEOUL) -> Rows:
    """The prices that ship, as if no offer file had been read yet: the same for every test, and read-only."""
    rows = rows_of(price_files.shipped_document(region))
    return MappingProxyType({key: row._replace(source="evidence") for key, row in rows.items()})


def row(usage_type: str, usd: str, unit: str = "Hrs", operation: str = "", **cells: str) -> Cells:
    """One row of a Seoul offer, with a SKU of its own. Names of cells are column names with `_` for spaces."""
    own = {name.replace("_", " "): value for name, value in cells.items()}
    key = f"{usage_type}/{operation}/{sorted(own.items())}"
    return {
        "SKU": f"{zlib.crc32(key.encode()):012}", "OfferTermCode": "JRTCKXETXF", "TermType": "OnDemand",
        "PriceDescription": f"${usd} per {unit}", "EffectiveDate": "2026-11-01", "StartingRange": "0",
        "EndingRange": "Inf", "Unit": unit, "PricePerUnit": usd, "Currency": "USD", "Location Type": "AWS Region",
        "Region Code": SEOUL, "usageType": usage_type, "operation": operation, **own,
    }  # fmt: skip


def reserved(node: Cells, lease: str, purchase: str, usd: str, upfront: str = "") -> list[Cells]:
    """The rows of a reserved term of a node: its hours, and its payment upfront."""
    terms = {
        "TermType": "Reserved", "OfferTermCode": f"{lease}{purchase}", "LeaseContractLength": lease,
        "PurchaseOption": purchase, "OfferingClass": "standard", "PricePerUnit": usd,
    }  # fmt: skip
    paid = {"Unit": "Quantity", "PricePerUnit": upfront, "StartingRange": "", "EndingRange": ""}
    return [{**node, **terms}, *([{**node, **terms, **paid}] if upfront else [])]


def offer_text(code: str, rows: Iterable[Mapping[str, str]], head: Sequence[tuple[str, str]] = HEAD) -> str:
    """A whole offer file. Its columns are those that every file has and those that the rows name."""
    listed = list(rows)
    named = dict.fromkeys((*COLUMNS, *PLACE_COLUMNS, *(name for cells in listed for name in cells)))
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows((*head, ("OfferCode", code)))
    writer.writerow(named)
    writer.writerows([cells.get(name, "") for name in named] for cells in listed)
    return stream.getvalue()


def add_offer(root: Path, code: str, text: str | bytes, region: str = SEOUL, version: str = VERSION) -> Path:
    """Put an offer into a folder laid out like AWS's site, and into its indexes. Gives the CSV file."""
    base = root / "offers/v1.0/aws"
    index = base / "index.json"
    offers = json.loads(index.read_text())["offers"] if index.exists() else {}
    offers[code] = {"offerCode": code, "currentRegionIndexUrl": f"/offers/v1.0/aws/{code}/current/region_index.json"}
    folder = base / code / version / region
    folder.mkdir(parents=True, exist_ok=True)
    index.write_text(json.dumps({"formatVersion": "v1.0", "offers": offers}))
    regions = base / code / "current/region_index.json"
    regions.parent.mkdir(exist_ok=True)
    held = json.loads(regions.read_text())["regions"] if regions.exists() else {}
    url = f"/offers/v1.0/aws/{code}/{version}/{region}/index.json"
    held[region] = {"regionCode": region, "currentVersionUrl": url}
    regions.write_text(json.dumps({"formatVersion": "v1.0", "regions": held}))
    file = folder / ("index.json" if code == "CloudFrontPlans" else "index.csv")
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def elb_rows(changed: Mapping[str, str] | None = None) -> list[Cells]:
    """The load balancers of Seoul at the prices that ship, but for the kinds in `changed`."""
    prices = {price.kind: price.tiers[0][1] for price in shipped().values() if price.service == "AWSELB"}
    prices |= changed or {}
    return [row(f"APN2-{ELB[kind][0]}", usd, ELB[kind][2], ELB[kind][1]) for kind, usd in prices.items()]


def fargate_rows(factor: int = 1) -> list[Cells]:
    """Fargate of Seoul at the prices that ship, or `factor` times as dear."""
    found = []
    for price in shipped().values():
        usage_type = FARGATE.get((price.kind, *(value for _, value in price.attributes)))
        if usage_type and price.term == "on_demand":
            usd = f"{float(price.tiers[0][1]) * factor:.10f}"
            found.append(row(f"APN2-{usage_type}", usd, "GB-Hours" if "Ephemeral" in usage_type else "hours"))
    return found


def many_rows() -> tuple[bytes, list[bytes]]:
    """The head of an EC2 file, a line for each instance type of Seoul, and a line that is no price of ours."""
    rows = [
        {
            **row(f"APN2-BoxUsage:{kind}", price.tiers[0][1], operation="RunInstances"), "Instance Type": kind,
            "Operating System": "Linux", "Tenancy": "Shared", "Pre Installed S/W": "NA", "CapacityStatus": "Used",
            "License Model": "No License required",
        }
        for price in shipped().values()
        if (price.service, price.kind, price.term) == ("AmazonEC2", "instance_hour", "on_demand")
        and (kind := dict(price.attributes)["instance_type"])
    ]  # fmt: skip
    rows.append({**rows[0], "Operating System": "Windows"})
    head, _, body = offer_text("AmazonEC2", rows).partition('"License Model"\n')
    return f'{head}"License Model"\n'.encode(), [f"{line}\n".encode() for line in body.splitlines()]
