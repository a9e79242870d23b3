"""What the snapshot holds is asked for: a price that no family knows of would be held for nobody."""

from __future__ import annotations

import re
from pathlib import Path

from glimpse.planner.outside import price_files
from tests.conftest import REPOSITORY

NOT_ASKED = {
    ("AWSBudgets", "budget_day"): "a budget that only watches is free",
    ("AWSBudgets", "report_delivery"): "no Terraform resource makes a report",
    ("AWSDataTransfer", "to_cloudfront_gb"): "free",
    ("AWSSystemsManager", "advanced_parameter_month"): "sold by the hour; London's month is rounded",
    (
        "AmazonCloudWatch",
        "container_insights_eks_observation",
    ): "sent by an add-on, which is named where it is installed",
    ("AmazonElastiCache", "extended_support_node_hour"): "held for one node type, where it is the share that is used",
    ("AmazonVPC", "egress_only_internet_gateway_hour"): "free",
    ("AmazonVPC", "public_ipv4_idle_hour"): "what is idle nobody can tell from Terraform; it costs the same",
}
"""Kinds that no resource of Terraform causes, each with why."""


def test_every_kind_of_price_is_asked_for_by_a_family() -> None:
    files = [*(REPOSITORY / "src/glimpse/planner/resources").glob("*.py"), *planner_files()]
    text = "".join(path.read_text() for path in files)
    words = set(re.findall(r"[a-z0-9_]+", text))
    patterns = [re.compile(pattern) for pattern in made_names(text)]
    left = [
        kind
        for kind in price_files.kinds()
        if kind not in NOT_ASKED and kind[1] not in words and not any(p.fullmatch(kind[1]) for p in patterns)
    ]
    assert left == []


def planner_files() -> list[Path]:
    planner = REPOSITORY / "src/glimpse/planner"
    return [*planner.glob("*.py"), *planner.glob("plan_document/*.py")]


def made_names(text: str) -> set[str]:
    """Names put together where they are asked for: `f"alarm_{kind}_month"` asks for any `alarm_…_month`."""
    found = set()
    for name in re.findall(r'f"([a-z0-9_]*(?:\{[^}"]+\}[a-z0-9_]*)+)"', text):
        pattern = re.sub(r"\{[^}]+\}", "[a-z0-9_]*", name)
        if len(re.sub(r"\[a-z0-9_\]\*", "", pattern)) >= len("_hour"):
            found.add(pattern)
    return found
