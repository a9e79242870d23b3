"""
What was paid by day, from Cost Explorer: by service and usage type, by record type, and by the tag of the environment.

Each request costs $0.01 for each page (AWS Cost Management pricing); a report makes four.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from glimpse.operations.checks.observations import NotObservable
from glimpse.operations.monitoring.costs import CREDIT, REFUND, TAG, TAX, Adjustment, Costs, TaggedCost, Usage
from glimpse.operations.monitoring.note import Note
from glimpse.operations.outside.aws.calls import Calls
from glimpse.operations.outside.aws.spending import LATE_DAYS

ADJUSTMENTS = (CREDIT, REFUND, TAX)
COST, QUANTITY = "AmortizedCost", "UsageQuantity"
"""Amortized, so that an hour that a commitment covers costs what it took of that commitment."""


class CostReader:
    """Counts the requests that it makes."""

    def __init__(self, calls: Calls, today: date, days: int) -> None:
        self._calls = calls
        self._end = today - timedelta(days=LATE_DAYS)
        self._start = self._end - timedelta(days=days)
        self.requests = 0

    def read(self, environment: str | None) -> Costs:
        """
        What has the tag of the environment, and what has no such tag; everything in the account where the tag is not
        activated. Raises NotObservable.
        """
        why = self._why_no_tag(environment)
        tag = None if why else environment
        own = _own(tag) if tag else None
        is_adjustment = _dimension("RECORD_TYPE", ADJUSTMENTS)
        is_usage = {"Not": is_adjustment}
        usage, estimated = [], False
        for day, is_estimated, keys, amounts in self._groups(_both(is_usage, own), ("SERVICE", "USAGE_TYPE")):
            estimated |= is_estimated
            quantity = amounts[QUANTITY]
            usage.append(
                Usage(day, keys[0], keys[1], _usd(amounts), Decimal(quantity["Amount"]), quantity.get("Unit", ""))
            )
        adjustments = [
            Adjustment(day, keys[0], keys[1], _usd(amounts))
            for day, _, keys, amounts in self._groups(_both(is_adjustment, own), ("USAGE_TYPE", "RECORD_TYPE"))
        ]
        tagged: dict[tuple[str, str], Decimal] = {}
        if tag:
            for _, _, keys, amounts in self._groups(is_usage, ("USAGE_TYPE",), TAG):
                key = keys[0], keys[1].removeprefix(f"{TAG}$")
                tagged[key] = tagged.get(key, Decimal()) + _usd(amounts)
        return Costs(
            start=self._start,
            end=self._end,
            usage=usage,
            adjustments=adjustments,
            tagged=[TaggedCost(*key, usd) for key, usd in tagged.items()],
            tag=tag,
            requests=self.requests,
            why_no_tag=why,
            is_estimated=estimated,
        )

    def _why_no_tag(self, environment: str | None) -> Note | None:
        if environment is None:
            return Note("watch_tag_nameless", {"key": TAG})
        self.requests += 1
        try:
            found = self._calls.call("ce", "list_cost_allocation_tags", TagKeys=[TAG], Type="UserDefined")
        except NotObservable as error:
            # In an organization only its management account may ask.
            return Note(error.code, error.values)
        is_active = any(tag["TagKey"] == TAG and tag["Status"] == "Active" for tag in found["CostAllocationTags"])
        return None if is_active else Note("watch_tag_inactive", {"key": TAG})

    def _groups(
        self, filter_: Mapping[str, Any], dimensions: Sequence[str], tag: str | None = None
    ) -> Iterator[tuple[date, bool, Sequence[str], Mapping[str, Any]]]:
        """Of each day: whether it is an estimate, the keys of a group, and its amounts."""
        grouped = [{"Type": "DIMENSION", "Key": name} for name in dimensions]
        request: dict[str, Any] = {
            "TimePeriod": {"Start": self._start.isoformat(), "End": self._end.isoformat()},
            "Granularity": "DAILY",
            "Metrics": [COST, QUANTITY],
            "GroupBy": [*grouped, {"Type": "TAG", "Key": tag}] if tag else grouped,
            "Filter": filter_,
        }
        while True:
            self.requests += 1
            answer = self._calls.call("ce", "get_cost_and_usage", **request)
            for day in answer["ResultsByTime"]:
                start = date.fromisoformat(day["TimePeriod"]["Start"])
                for group in day.get("Groups", ()):
                    yield start, bool(day.get("Estimated")), group["Keys"], group["Metrics"]
            if not answer.get("NextPageToken"):
                return
            request["NextPageToken"] = answer["NextPageToken"]


def _usd(amounts: Mapping[str, Any]) -> Decimal:
    if amounts[COST]["Unit"] != "USD":
        raise NotObservable("aws_other_currency", currency=amounts[COST]["Unit"])
    return Decimal(amounts[COST]["Amount"])


def _dimension(key: str, values: Sequence[str]) -> Mapping[str, Any]:
    return {"Dimensions": {"Key": key, "Values": list(values)}}


def _own(environment: str) -> Mapping[str, Any]:
    return {
        "Or": [
            {"Tags": {"Key": TAG, "Values": [environment]}},
            {"Tags": {"Key": TAG, "MatchOptions": ["ABSENT"]}},
        ]
    }


def _both(one: Mapping[str, Any], other: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return {"And": [one, other]} if other else one
