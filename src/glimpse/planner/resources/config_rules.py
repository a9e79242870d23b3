"""
AWS Config: configuration items that are recorded, rules and conformance packs that judge them.

Source: AWS Config's pricing page, as known on 2026-11-28.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.resources.by_use import UsageRow, meters_of
from glimpse.planner.traffic import Traffic

CONFIG = "AWSConfig"
CONTINUOUS, DAILY = "continuous", "daily"

RULE = (UsageRow("Rule evaluations", "evaluation", "monthly_rule_evaluations", Sku(CONFIG, "rule_evaluation")),)
CONFORMANCE_PACK = (
    UsageRow(
        "Conformance pack evaluations",
        "evaluation",
        "monthly_rule_evaluations",
        Sku(CONFIG, "conformance_pack_evaluation"),
    ),
)


@dataclass(frozen=True, slots=True)
class Recorder:
    """
    `recording` is how often changes are recorded; `exceptions`: some types of resources are recorded the other way.
    Items of custom resources are recorded as they are put.
    """

    origin: Origin
    recording: str = CONTINUOUS
    exceptions: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        other = DAILY if self.recording == CONTINUOUS else CONTINUOUS
        rows = (
            UsageRow("Configuration items", "item", "monthly_config_items", _item(self.recording)),
            UsageRow(
                f"Configuration items, {other}",
                "item",
                f"monthly_{other}_config_items",
                _item(other),
                1,
                self.exceptions,
            ),
            UsageRow("Custom configuration items", "item", "monthly_custom_config_items", _item(CONTINUOUS)),
        )
        yield from meters_of(rows, traffic.metering(self.origin))


def _item(recording: str) -> Sku:
    return Sku(CONFIG, "configuration_item", {"recording": recording})
