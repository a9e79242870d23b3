"""
What AWS grants every account for ever. Off unless asked for: it is one pool for the whole account,
and a second stack in the same account may already have spent it.

What is part of a price (an ALB's ten rules, backup up to the allocated storage) is not here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from glimpse.planner.meter import Meter
from glimpse.planner.sentence import say

# (service, kind) → units a month. Sources: data transfer, the EC2 on-demand pricing page's note on 100 GB out
# a month; alarms, the CloudWatch pricing page's free tier (10 alarms); CloudFront's 1 TB out and 10 million
# requests, Lambda's million requests and 400,000 GB-seconds: their pricing pages' always-free allowances. As
# collected 2026-11-22.
GRANTED = {
    ("AWSDataTransfer", "internet_out_gb"): Fraction(100),
    ("AmazonCloudWatch", "alarm_standard_month"): Fraction(10),
    ("AmazonCloudFront", "internet_out_gb"): Fraction(1024),
    ("AmazonCloudFront", "https_request"): Fraction(1000),  # of 10,000 each
    ("AWSLambda", "request"): Fraction(10**6),
    ("AWSLambda", "gb_second"): Fraction(400_000),
}


def after_grants(meters: Iterable[Meter]) -> tuple[Meter, ...]:
    """The same meters with the grants taken off, first come first served, and said on each."""
    left = dict(GRANTED)
    reduced = []
    for meter in meters:
        key = (meter.sku.service, meter.sku.kind)
        granted = left.get(key, Fraction(0))
        if granted and meter.quantity is not None:
            used = min(granted, meter.quantity.expected)
            left[key] = granted - used
            quantity = meter.quantity.map(lambda value, granted=granted: max(Fraction(0), value - granted))  # type: ignore[misc]
            grant = say("free_tier_granted", granted=str(GRANTED[key]))
            meter = replace(meter, quantity=quantity, assumes=(*meter.assumes, grant))
        reduced.append(meter)
    return tuple(reduced)
