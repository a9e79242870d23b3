"""Capacity units of usage that somebody stated: the largest dimension, by what one unit of each balancer holds."""

from __future__ import annotations

from fractions import Fraction

import pytest

from glimpse.planner.meter import Origin
from glimpse.planner.metering import Metering
from glimpse.planner.resources.balancer import (
    APPLICATION_UNIT,
    GATEWAY_UNIT,
    LCU_KEYS,
    NETWORK_UNITS,
    UnitSize,
    stated_unit_hours,
)

MONTH = 730


@pytest.mark.parametrize(
    ("unit", "new", "active", "gb", "evaluations", "units"),
    [
        (APPLICATION_UNIT, 50, 3_000, 730, 500, 2),
        (APPLICATION_UNIT, 1, 9_000, 730, 500, 3),
        (APPLICATION_UNIT, 1, 3_000, 3_650, 500, 5),
        (APPLICATION_UNIT, 1, 3_000, 730, 7_000, 7),
        (NETWORK_UNITS["TCP"], 800, 300_000, 730, 7_000, 3),
        (NETWORK_UNITS["UDP"], 1_600, 50_000, 730, 7_000, 4),
        (NETWORK_UNITS["TLS"], 50, 6_000, 730, 7_000, 2),
        (GATEWAY_UNIT, 600, 60_000, 1_460, 7_000, 2),
    ],
)
def test_the_largest_dimension_of_each_kind_decides(
    unit: UnitSize, new: int, active: int, gb: int, evaluations: int, units: int
) -> None:
    stated = dict(zip(LCU_KEYS, map(Fraction, (new, active, gb, evaluations)), strict=True))
    assert stated_unit_hours(Metering(Origin("aws_lb.a"), stated), unit) == units * MONTH


def test_without_any_dimension_nothing_is_known() -> None:
    assert stated_unit_hours(Metering(Origin("aws_lb.a"), {}), APPLICATION_UNIT) is None


def test_one_dimension_alone_counts() -> None:
    stated = {"processed_bytes_gb": Fraction(73)}
    assert stated_unit_hours(Metering(Origin("aws_lb.a"), stated), APPLICATION_UNIT) == 73
