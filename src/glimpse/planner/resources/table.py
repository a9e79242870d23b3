"""
DynamoDB tables: by the request or by provisioned capacity, what they keep, their indexes, copies and streams.

Formulas are those of the DynamoDB pricing pages (on-demand, provisioned) and of the developer guide where named.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from glimpse.planner.catalogue import ON_DEMAND, Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.metering import Metering
from glimpse.planner.quantities import CostCases, certain
from glimpse.planner.scaling_target import ScalingTarget
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.traffic import Traffic

DYNAMODB = "AmazonDynamoDB"

WRITE_UNIT_BYTES = 1024
"""What one write request unit writes (DynamoDB developer guide, request units)."""

STANDARD, STANDARD_IA = "Standard", "Standard-IA"
"""The table classes, as the pricing page calls them."""

MILLION = 10**6

Units = int | None
CapacityUnits = tuple[Units, Units]
"""Read and write capacity units; None is unknown."""

READ, WRITE = 0, 1
WORDS = (("Read", "RCU"), ("Write", "WCU"))


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index with capacity of its own, and what scales its reads and its writes."""

    capacity: CapacityUnits
    scaling: tuple[ScalingTarget | None, ScalingTarget | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Table:
    """
    `provisioned`: read and write capacity units; None is on demand. `scaling`: what scales its reads and its writes.

    `replicas` are the regions that hold a copy of it (a global table), each with whether it keeps point-in-time
    backups. `streams`, `point_in_time_recovery`, `restored` and `imported` say what the files ask for.
    """

    origin: Origin
    provisioned: CapacityUnits | None = None
    table_class: str = STANDARD
    scaling: tuple[ScalingTarget | None, ScalingTarget | None] = (None, None)
    indexes: tuple[Index, ...] = ()
    replicas: tuple[tuple[str, bool], ...] = ()
    streams: bool = False
    point_in_time_recovery: bool = False
    restored: bool = False
    imported: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield from self.request_meters(traffic)
        if self.provisioned and self.indexes:
            for way in (READ, WRITE):
                yield self._index_capacity(metering, way, traffic)
        yield metering.used("Table storage", "GB-month", "storage_gb", self._sku("storage_gb_month"))
        yield from self._kept(metering)
        for region, backed_up in self.replicas:
            origin = replace(self.origin, region=region)
            yield from self.copy_meters(traffic, origin, f", {region}", backed_up)

    def request_meters(self, traffic: Traffic) -> Iterator[Meter]:
        """Reads and writes: what is provisioned for them, or each request."""
        metering = traffic.metering(self.origin)
        if self.provisioned:
            for way in (READ, WRITE):
                yield self._capacity(metering, way, traffic)
        else:
            yield from self._by_request(metering, traffic)

    def _sku(self, kind: str, term: str = ON_DEMAND) -> Sku:
        return Sku(DYNAMODB, kind, {} if self.table_class == STANDARD else {"table_class": self.table_class}, term)

    def _units(self, way: int, traffic: Traffic) -> CostCases | None:
        return _units((self.provisioned or (None, None))[way], self.scaling[way], traffic)

    def _index_units(self, way: int, traffic: Traffic) -> CostCases | None:
        """What all indexes are provisioned with: their units add up."""
        total = certain(0)
        for index in self.indexes:
            units = _units(index.capacity[way], index.scaling[way], traffic)
            if units is None:
                return None
            total += units
        return total

    def _capacity(self, metering: Metering, way: int, traffic: Traffic) -> Meter:
        """Capacity by the hour; reserved capacity is sold for the Standard class alone (pricing page)."""
        word, unit = WORDS[way]
        commitment = traffic.commitment(self.origin.address) if self.table_class == STANDARD else None
        assumes: tuple[Sentence, ...] = ()
        if commitment and commitment.until:
            assumes = (say("committed", term=commitment.term, until=commitment.until.isoformat()),)
        elif commitment:
            assumes = (say("committed_proposed", term=commitment.term),)
        elif (scaling := self.scaling[way]) and not scaling.is_stated(traffic):
            assumes = (say("scaled_to_least"),)
        sku = self._sku(f"{unit.lower()}_hour", commitment.term if commitment else ON_DEMAND)
        units = self._units(way, traffic)
        needs = say("needs_table_capacity")
        return metering.hours(f"{word} capacity units", sku, units, unit=f"{unit}-hour", needs=needs, assumes=assumes)

    def _index_capacity(self, metering: Metering, way: int, traffic: Traffic, place: str = "") -> Meter:
        """The capacity of all global secondary indexes together."""
        unit = WORDS[way][1]
        component = f"Index {unit}{place}"
        units, needs = self._index_units(way, traffic), say("needs_table_capacity")
        return metering.hours(component, self._sku(f"{unit.lower()}_hour"), units, unit=f"{unit}-hour", needs=needs)

    def _by_request(self, metering: Metering, traffic: Traffic) -> Iterator[Meter]:
        writes, reads = self._requests(traffic) or (None, None)
        for component, unit, key, kind, amount in (
            ("Write request units", "1M WRU", "monthly_write_request_units", "write_request_million", writes),
            ("Read request units", "1M RRU", "monthly_read_request_units", "read_request_million", reads),
        ):
            yield metering.used(
                component, unit, key, self._sku(kind), per=MILLION, quantity=amount, assumes=(say("table_requests"),)
            )

    def _kept(self, metering: Metering) -> Iterator[Meter]:
        """Backups, restores, streams and imports: where the files ask for them, or somebody states how much."""
        for asked, component, unit, key, kind in (
            (
                self.point_in_time_recovery,
                "Point-in-time recovery",
                "GB-month",
                "pitr_backup_storage_gb",
                "pitr_gb_month",
            ),
            (False, "On-demand backup", "GB-month", "on_demand_backup_storage_gb", "backup_gb_month"),
            (self.restored, "Table data restored", "GB", "monthly_data_restored_gb", "restore_gb"),
            (self.streams, "Streams read request units", "sRRU", "monthly_streams_read_request_units", "stream_read"),
            (self.imported, "Data import from S3", "GB", "monthly_data_imported_gb", "import_gb"),
        ):
            if metering.number(key) is not None or asked:
                yield metering.used(component, unit, key, Sku(DYNAMODB, kind))

    def copy_meters(self, traffic: Traffic, origin: Origin, place: str, backed_up: bool) -> Iterator[Meter]:
        """
        What a copy of this table costs at `origin`, in whose region it stands: every write again, as a replicated one,
        and what it keeps. It is provisioned as the table is (developer guide, global tables), with its indexes, whose
        writes are not replicated ones (pricing page, global tables). `place` ends the names of its components.
        """
        usage = traffic.workload.usage
        metering = Metering(origin, {**usage.of(self.origin.address), **usage.of(origin.address)})
        # Held without a class, so that a Sku of another class would take it for its own.
        suffix = "" if self.table_class == STANDARD else "_standard_ia"
        if self.provisioned:
            yield metering.hours(
                f"Replicated WCU{place}",
                Sku(DYNAMODB, f"replicated_wcu_hour{suffix}"),
                self._units(WRITE, traffic),
                unit="rWCU-hour",
                needs=say("needs_table_capacity"),
            )
            yield metering.hours(
                f"RCU{place}",
                self._sku("rcu_hour"),
                self._units(READ, traffic),
                unit="RCU-hour",
                needs=say("needs_table_capacity"),
            )
            if self.indexes:
                for way in (READ, WRITE):
                    yield self._index_capacity(metering, way, traffic, place)
        else:
            writes = (self._requests(traffic) or (None, None))[0]
            yield metering.used(
                f"Replicated WRU{place}",
                "1M rWRU",
                "monthly_write_request_units",
                Sku(DYNAMODB, f"replicated_write_request_million{suffix}"),
                per=MILLION,
                quantity=writes,
                assumes=(say("table_requests"),),
            )
            key = f"replicas.{origin.region}.monthly_read_request_units"
            yield metering.used(f"RRU{place}", "1M RRU", key, self._sku("read_request_million"), per=MILLION)
        yield metering.used(f"Table storage{place}", "GB-month", "storage_gb", self._sku("storage_gb_month"))
        if backed_up:
            key, sku = "pitr_backup_storage_gb", Sku(DYNAMODB, "pitr_gb_month")
            yield metering.used(f"PITR{place}", "GB-month", key, sku)

    def _requests(self, traffic: Traffic) -> tuple[Fraction, Fraction] | None:
        """Millions of writes and reads; only where functions answer people is the table known to hold the chat."""
        people = traffic.people
        if not people or not (traffic.socket_functions or traffic.request_functions):
            return None
        pieces = math.ceil(people["message_bytes"] / WRITE_UNIT_BYTES)
        writes = people.monthly("messages") * pieces + 2 * people.monthly("connects")
        reads = people.monthly("requests") + people.monthly("messages")
        return writes / traffic.tables / MILLION, reads / traffic.tables / MILLION


def _units(stated: Units, scaling: ScalingTarget | None, traffic: Traffic) -> CostCases | None:
    """Capacity units: what scaling sets, where something scales them, else what the files state."""
    if scaling:
        return scaling.units(traffic)
    return None if stated is None else certain(stated)


@dataclass(frozen=True, slots=True)
class ChangeCapture:
    """What DynamoDB writes of a table's changes into a Kinesis data stream, in units of 1 KB (pricing page)."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        yield traffic.metering(self.origin).used(
            "Change data capture units for Kinesis",
            "unit",
            "monthly_change_data_capture_units",
            Sku(DYNAMODB, "kinesis_change_capture_unit"),
        )


@dataclass(frozen=True, slots=True)
class Export:
    """An export of a table to S3, charged once by its size."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        yield traffic.metering(self.origin).used(
            "Data export to S3", "GB", "monthly_data_exported_gb", Sku(DYNAMODB, "export_gb")
        )


@dataclass(frozen=True, slots=True)
class GlobalTable:
    """A global table of 2017: tables of one name in several regions, each charged where it stands but for this."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        yield traffic.metering(self.origin).used(
            "Replicated write request units",
            "1M rWRU",
            "monthly_replicated_write_request_units",
            Sku(DYNAMODB, "replicated_write_request_million"),
            per=MILLION,
        )


@dataclass(frozen=True, slots=True)
class ContributorInsights:
    """
    Contributor Insights of a table or index: rules by the month, and the events that they match.

    Two rules, four where there is a sort key; half of them where it watches throttled keys alone (developer guide,
    Contributor Insights for DynamoDB). `rules` None: its table is unknown.
    """

    origin: Origin
    rules: int | None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering, cloudwatch = traffic.metering(self.origin), "AmazonCloudWatch"
        of = {"source_kind": "dynamodb"}
        yield metering.fixed(
            "Contributor Insights rules",
            "rule-month",
            Sku(cloudwatch, "contributor_insights_rule_month", of),
            self.rules,
            needs=say("needs_table"),
        )
        key, sku = "monthly_contributor_insights_events", Sku(cloudwatch, "contributor_insights_event", of)
        yield metering.used("Contributor Insights events", "event", key, sku)


@dataclass(frozen=True, slots=True)
class TableIndex:
    """
    A global secondary index that stands in a resource of its own. `provisioned` None is on demand; what it keeps
    counts with its table.
    """

    origin: Origin
    provisioned: CapacityUnits | None
    table_class: str = STANDARD

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        yield from Table(self.origin, self.provisioned, self.table_class).request_meters(traffic)


@dataclass(frozen=True, slots=True)
class Replica:
    """A copy of a table that stands in a resource of its own. `table` has its own origin."""

    origin: Origin
    table: Table
    backed_up: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        yield from self.table.copy_meters(traffic, self.origin, "", self.backed_up)
