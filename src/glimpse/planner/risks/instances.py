"""Risks of instances: groups that cannot scale, and credits that are charged."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.bill import Bill
from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Origin
from glimpse.planner.money import decimal_text
from glimpse.planner.resources.aurora import AuroraInstance
from glimpse.planner.resources.database import RDS, Database, bursts_unlimited
from glimpse.planner.resources.instance import BURSTABLE, EC2, STANDARD, UNLIMITED, UNLIMITED_BY_DEFAULT, Instances
from glimpse.planner.risks.risk import Risk
from glimpse.planner.sentence import say
from glimpse.planner.stack import Stack


def scaling_without_room(bill: Bill) -> Iterator[Risk]:
    """Auto Scaling groups with policies whose sizes leave them nothing to do."""
    for row in bill.stack.of(Instances):
        if not row.has_policy or row.least is None or row.most is None:
            continue
        if row.least == row.most:
            yield Risk(say("group_without_room", count=row.most), row.origin)
        elif row.weight == 1 and row.count == row.most:
            yield Risk(say("group_at_its_most", count=row.most), row.origin)


def credits(bill: Bill) -> Iterator[Risk]:
    """
    Burstable types in unlimited mode, once for the whole stack, at the first: what they use above their baseline is
    charged by the vCPU-hour, without an upper bound. How much that is, depends on baselines that no source is held of.
    """
    found = tuple(_unlimited(bill.stack))
    if not found:
        return
    rates = set()
    for origin, sku in found:
        catalogue = bill.catalogue.of(origin.region)
        price = catalogue.price(sku) if catalogue else None
        rates.add(price.tiers[0].usd if price else None)
    known = sorted(rate for rate in rates if rate is not None)
    first, _ = found[0]
    if not known or None in rates:
        yield Risk(say("burstable_credits_unpriced", count=len(found)), first)
    else:
        usd = "–".join(dict.fromkeys((decimal_text(known[0]), decimal_text(known[-1]))))
        yield Risk(say("burstable_credits", count=len(found), usd=usd), first)


def _unlimited(stack: Stack) -> Iterator[tuple[Origin, Sku]]:
    """What runs in unlimited mode, and what a vCPU-hour of its credits is bought as (as on the bill)."""
    for row in stack.of(Instances):
        family = (row.instance_type or "").partition(".")[0]
        mode = row.credits or (UNLIMITED if family in UNLIMITED_BY_DEFAULT else STANDARD)
        if family in BURSTABLE and mode == UNLIMITED and row.count and not row.stopped:
            attributes = {"family": family, "os": row.system or "Linux"}
            yield row.origin, Sku(EC2, "cpu_credit_vcpu_hour", attributes)
    for database in stack.of(Database):
        if bursts_unlimited(database.instance_class or ""):
            yield database.origin, Sku(RDS, "cpu_credit_vcpu_hour")
    for instance in stack.of(AuroraInstance):
        if bursts_unlimited(instance.instance_class or ""):
            yield instance.origin, Sku(RDS, "aurora_cpu_credit_vcpu_hour")
