"""Risks of databases: reached from the internet, and disks that cannot grow."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.bill import Bill
from glimpse.planner.levers.databases import cannot_grow, storage_autoscaling
from glimpse.planner.meter import Origin
from glimpse.planner.money import usd_text
from glimpse.planner.resources.aurora import AuroraInstance
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.documentdb import DocumentInstance
from glimpse.planner.resources.neptune import GraphInstance
from glimpse.planner.resources.redshift import WarehouseCluster
from glimpse.planner.risks.risk import Risk
from glimpse.planner.sentence import say
from glimpse.planner.stack import Stack

ADDRESS = "Public IPv4 address"


def public(bill: Bill) -> Iterator[Risk]:
    """Databases with a public address: their security groups alone keep the internet from their password."""
    charged = {line.meter.origin: line for line in bill.lines if line.meter.component == ADDRESS and line.quantity}
    for origin, engine in _public(bill.stack):
        if origin in charged:
            yield Risk(say("public_database", engine=engine, usd=usd_text(charged[origin].monthly)), origin)
        else:
            yield Risk(say("public_database_unpriced", engine=engine), origin)


def _public(stack: Stack) -> Iterator[tuple[Origin, str]]:
    """The databases that are publicly accessible, and what they are."""
    yield from ((row.origin, row.engine) for row in stack.of(Database) if row.is_public)
    yield from ((row.origin, row.engine) for row in stack.of(AuroraInstance) if row.is_public)
    yield from ((row.origin, "DocumentDB") for row in stack.of(DocumentInstance) if row.is_public)
    yield from ((row.origin, "Neptune") for row in stack.of(GraphInstance) if row.is_public)
    yield from ((row.origin, "Redshift") for row in stack.of(WarehouseCluster) if row.is_public)


def storage_that_cannot_grow(bill: Bill) -> Iterator[Risk]:
    """
    RDS instances with a size and no storage autoscaling: with a full disk RDS stops them (RDS user guide, "storage
    full"). Aurora grows by itself.
    """
    for row in bill.stack.of(Database):
        if cannot_grow(row):
            mended_by = "storage_autoscaling" if storage_autoscaling(row) is not row else None
            yield Risk(say("storage_cannot_grow", gib=row.storage_gib or 0), row.origin, mended_by)
