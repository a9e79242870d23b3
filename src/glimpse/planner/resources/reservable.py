"""Hours of something that can be reserved: the term comes from `glimpse.toml` or stated usage, never from Terraform."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from glimpse.planner.catalogue import ON_DEMAND, Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.metering import Amount, Metering
from glimpse.planner.quantities import HOURS_PER_MONTH, certain
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.traffic import Traffic

YEARS = {"1_year": "1yr", "3_year": "3yr"}


def instance_hours(origin: Origin, component: str, sku: Sku, count: int, traffic: Traffic, *assumed: Sentence) -> Meter:
    """`count` instances through the month, under the resource's commitment where there is one."""
    commitment = traffic.commitment(origin.address)
    term = commitment.term if commitment else ON_DEMAND
    assumes: tuple[Sentence, ...] = ()
    if commitment:
        until = commitment.until
        assumes = (
            say("committed", term=term, until=until.isoformat()) if until else say("committed_proposed", term=term),
        )
    quantity = certain(HOURS_PER_MONTH * count)
    return Meter(origin, component, "hour", quantity, replace(sku, term=term), (*assumed, *assumes))


def reserved_hours(
    origin: Origin,
    component: str,
    sku: Sku,
    count: Amount,
    traffic: Traffic,
    *assumed: Sentence,
    awake: Fraction = Fraction(1),
) -> Meter:
    """
    What `instance_hours` gives, and without a commitment under the reservation that the resource's usage states.

    `awake`: the share of the month in which it runs. What is reserved is charged whether it runs or not; what was paid
    upfront is spread over the term.
    """
    metering = traffic.metering(origin)
    meter = instance_hours(origin, component, sku, 1, traffic, *assumed)
    term, commitment = _stated_term(metering), traffic.commitment(origin.address)
    if term and not commitment:
        meter = replace(meter, sku=replace(sku, term=term), assumes=(*assumed, say("reserved_by_usage", term=term)))
    counted = metering.hours(component, sku, count if term or commitment else count * awake)
    return replace(meter, quantity=counted.quantity, usage_keys=counted.usage_keys)


def _stated_term(metering: Metering) -> str | None:
    """The term that the usage of a resource states, as the catalogue calls it: `reserved_1yr_no_upfront`."""
    years = metering.word("reserved_instance_term")
    payment = metering.word("reserved_instance_payment_option")
    return f"reserved_{YEARS.get(years, years)}_{payment}" if years and payment else None
