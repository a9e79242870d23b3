"""What the account really paid, from Cost Explorer."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from glimpse.operations.checks.observations import NotObservable, Spending
from glimpse.operations.outside.aws.calls import Calls

DAYS = 7
LATE_DAYS = 1
"""Cost Explorer has a day's costs up to 24 hours later (Cost Management user guide), so yesterday may lack some."""

GLOBAL_REGIONS = ("global", "NoRegion")
"""How Cost Explorer calls the region of Route 53, CloudFront and the like."""

NOT_LIST_PRICE = ("Credit", "Refund", "Tax")
"""Records that a plan at list prices does not have."""


def spending(calls: Calls, today: date) -> Spending:
    """
    The costs of the whole account in this region, other stacks included, for Cost Explorer knows a tag only after
    somebody has activated it. Each page of the answer costs $0.01 (Cost Explorer pricing); it is one page.
    """
    end = today - timedelta(days=LATE_DAYS)
    request: dict[str, Any] = {
        "TimePeriod": {"Start": (end - timedelta(days=DAYS)).isoformat(), "End": end.isoformat()},
        "Granularity": "DAILY",
        "Metrics": ["UnblendedCost"],
        "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}],
        "Filter": {
            "And": [
                {"Dimensions": {"Key": "REGION", "Values": [calls.region, *GLOBAL_REGIONS]}},
                {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": list(NOT_LIST_PRICE)}}},
            ]
        },
    }
    costs: dict[str, Decimal] = {}
    days = set()
    while True:
        answer = calls.call("ce", "get_cost_and_usage", **request)
        for day in answer["ResultsByTime"]:
            for group in day.get("Groups", ()):
                days.add(day["TimePeriod"]["Start"])
                amount = group["Metrics"]["UnblendedCost"]
                if amount["Unit"] != "USD":
                    raise NotObservable("aws_other_currency", currency=amount["Unit"])
                name = group["Keys"][0]
                costs[name] = costs.get(name, Decimal()) + Decimal(amount["Amount"])
        if not answer.get("NextPageToken"):
            break
        request["NextPageToken"] = answer["NextPageToken"]
    if len(days) < DAYS:
        raise NotObservable("aws_too_few_days", days=len(days), wanted=DAYS)
    paid = sorted((name for name, amount in costs.items() if amount), key=lambda name: -costs[name])
    total = sum(costs.values(), Decimal())
    return Spending(usd=f"{total:.2f}", days=DAYS, services=", ".join(paid))
