"""
S3 buckets: what is kept in each storage class, and the requests that keep, move and fetch it.

Rows, units and minimum durations: Amazon S3's pricing page, as known on 2026-11-28. Standard is always shown; another
class only where the files name it, or its usage was given, so that a bill stays readable.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.metering import Metering
from glimpse.planner.quantities import certain
from glimpse.planner.resources.by_use import UsageRow, meters_of
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

S3 = "AmazonS3"

STANDARD = "Standard"
INTELLIGENT_TIERING = "Intelligent-Tiering"
STANDARD_IA = "Standard-IA"
ONE_ZONE_IA = "One Zone-IA"
GLACIER_INSTANT = "Glacier Instant Retrieval"
GLACIER_FLEXIBLE = "Glacier Flexible Retrieval"
GLACIER_DEEP = "Glacier Deep Archive"
REDUCED_REDUNDANCY = "Reduced Redundancy"
EXPRESS = "Express One Zone"

USAGE_KEYS = {
    STANDARD: "standard",
    INTELLIGENT_TIERING: "intelligent_tiering",
    STANDARD_IA: "standard_infrequent_access",
    ONE_ZONE_IA: "one_zone_infrequent_access",
    GLACIER_INSTANT: "glacier_instant_retrieval",
    GLACIER_FLEXIBLE: "glacier_flexible_retrieval",
    GLACIER_DEEP: "glacier_deep_archive",
    REDUCED_REDUNDANCY: "reduced_redundancy",
    EXPRESS: "express_one_zone",
}
"""The nested usage keys of each class, in the order of a bill."""

MINIMUM_DAYS = {STANDARD_IA: 30, ONE_ZONE_IA: 30, GLACIER_INSTANT: 90, GLACIER_FLEXIBLE: 90, GLACIER_DEEP: 180}
"""
What is deleted earlier is charged to the end of this. Intelligent-Tiering has no minimum duration (S3 pricing page).
"""

RETRIEVED = {GLACIER_FLEXIBLE: ("standard", "expedited", "bulk"), GLACIER_DEEP: ("standard", "bulk")}
"""How an archive gives an object back; each way has its own price."""

TIERING_TIERS = {
    "frequent_access_storage_gb": "Frequent Access",
    "infrequent_access_storage_gb": "Infrequent Access",
    "archive_instant_access_storage_gb": "Archive Instant Access",
    "archive_access_storage_gb": "Archive Access",
    "deep_archive_access_storage_gb": "Deep Archive Access",
}
"""The tiers of Intelligent-Tiering by their usage keys; the last two are only used where a bucket opts in."""
ALWAYS_TIERED = 3

INCOMPLETE = "incomplete_upload_gb"
"""
The usage key of what lies in parts of uploads that nobody completed, charged as storage of the class of the upload
until it is aborted (S3 user guide, multipart upload). Shown only where it is given: S3 Storage Lens counts it.
"""


@dataclass(frozen=True, slots=True)
class Bucket:
    """
    `classes` are those beside Standard that the files name; `tagged`: its rules look for the tags of objects;
    `archives`: Intelligent-Tiering moves objects to its archive tiers. `aborts_uploads`: a rule deletes the parts of
    multipart uploads that nobody completed, anywhere in the bucket; None where not all rules are known.
    """

    origin: Origin
    classes: frozenset[str] = frozenset()
    tagged: bool = False
    archives: bool = False
    aborts_uploads: bool | None = None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield from self._standard(traffic)
        yield from _of_class(STANDARD, metering, shown=False)
        for name in tuple(USAGE_KEYS)[1:]:
            yield from _of_class(name, metering, shown=name in self.classes, archives=self.archives)
        if self.tagged or metering.number("object_tags"):
            yield metering.used("Object tags", "tag-month", "object_tags", Sku(S3, "object_tag_month"))
        if metering.number(INCOMPLETE) is not None and not self.aborts_uploads:
            sku = Sku(S3, "storage_gb_month", {"storage_class": STANDARD})
            yield metering.used("Incomplete multipart uploads", "GB-month", INCOMPLETE, sku)

    def _standard(self, traffic: Traffic) -> Iterator[Meter]:
        """Standard storage and requests, as given or as what people do with the stack makes them."""
        metering, people = traffic.metering(self.origin), traffic.people
        shared = (say("shared_evenly", count=traffic.buckets),) if traffic.buckets > 1 else ()
        standard = {"storage_class": STANDARD}
        stored = people.stored_gb / traffic.buckets if people else None
        sku = Sku(S3, "storage_gb_month", standard)
        yield metering.used(
            "S3 Standard storage", "GB-month", "standard.storage_gb", sku, quantity=stored, assumes=shared
        )
        for component, tier, did in (("PUT requests", 1, "uploads"), ("GET requests", 2, "downloads")):
            yield metering.used(
                component,
                "1k requests",
                f"standard.monthly_tier_{tier}_requests",
                Sku(S3, f"request_tier{tier}", standard),
                per=1000,
                quantity=people.monthly(did) / 1000 / traffic.buckets if people else None,
                assumes=shared,
            )


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """
    Rules that move objects between classes. They cost nothing by themselves; usage may be given at their address
    instead of the bucket's, and is then charged here.
    """

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        rows = (*_standard_rows(), *_rows(STANDARD))
        yield from meters_of(tuple(row for row in rows if metering.number(row.key)), metering)
        for name in tuple(USAGE_KEYS)[1:]:
            yield from _of_class(name, metering, shown=False)
        if metering.number("object_tags"):
            yield metering.used("Object tags", "tag-month", "object_tags", Sku(S3, "object_tag_month"))


@dataclass(frozen=True, slots=True)
class DirectoryBucket:
    """A bucket of the class Express One Zone, which holds no other."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield from _of_class(EXPRESS, metering, shown=True)
        yield metering.used(
            "Express One Zone data uploaded",
            "GB",
            "express_one_zone.monthly_data_uploaded_gb",
            Sku(S3, "upload_gb", {"storage_class": EXPRESS}),
        )


def _of_class(name: str, metering: Metering, *, shown: bool, archives: bool = False) -> Iterator[Meter]:
    """
    The meters of one class: those that matter to whoever names the class, and whatever usage was given.

    A usage file may hold every key at 0; such a class stays out of the bill where the files do not name it.
    """
    prefix = USAGE_KEYS[name] + "."
    if not shown and not any(key.startswith(prefix) and value != 0 for key, value in metering.given.items()):
        return
    for row in _rows(name):
        opted = archives or not _is_archive_tier(row)
        if metering.number(row.key) is not None or (shown and row.shown and opted):
            yield metering.used(row.component, row.unit, row.key, row.sku, per=row.per)
    early = prefix + "early_delete_gb"
    if name == INTELLIGENT_TIERING and (given := metering.number(early)):
        yield _nothing_early(metering, given, early)


def _nothing_early(metering: Metering, given: Fraction, key: str) -> Meter:
    """Usage that was given and that AWS does not charge for: a line of 0, with the reason."""
    return Meter(
        metering.origin,
        f"{INTELLIGENT_TIERING} early delete",
        "GB",
        certain(0),
        Sku(S3, "early_delete_gb", {"storage_class": INTELLIGENT_TIERING}),
        (say("no_minimum_duration", gb=str(float(given)).removesuffix(".0")),),
        usage_based=True,
        usage_keys=(key,),
    )


def _is_archive_tier(row: UsageRow) -> bool:
    return row.key.rpartition(".")[2] in tuple(TIERING_TIERS)[ALWAYS_TIERED:]


def _standard_rows() -> Iterator[UsageRow]:
    yield _row(STANDARD, "storage", "GB-month", "storage_gb", "storage_gb_month")
    yield from _requests(STANDARD)


def _rows(name: str) -> Iterator[UsageRow]:
    """
    Every row of a class but Standard's storage and requests, which the workload may fill.

    S3 Select has been closed to new customers since July 2024, and archives are rarely read: such rows are shown only
    where their usage was given.
    """
    if name == INTELLIGENT_TIERING:
        for key, tier in TIERING_TIERS.items():
            sku = Sku(S3, "storage_gb_month", {"storage_class": f"{INTELLIGENT_TIERING} {tier}"})
            yield UsageRow(f"{name}, {tier}", "GB-month", _key(name, key), sku)
        sku = Sku(S3, "intelligent_tiering_monitoring_1k_objects")
        yield UsageRow(f"{name} monitoring", "1k objects", _key(name, "monitored_objects"), sku, per=1000)
    elif name != STANDARD:
        yield _row(name, "storage", "GB-month", "storage_gb", "storage_gb_month")
    if name != STANDARD:
        yield from _requests(name)
    if name not in (STANDARD, REDUCED_REDUNDANCY, EXPRESS):
        kind = "lifecycle_transition_request"
        key = "monthly_lifecycle_transition_requests"
        yield _row(name, "lifecycle transitions", "1k requests", key, kind, per=1000)
    if name in (STANDARD_IA, ONE_ZONE_IA, GLACIER_INSTANT, EXPRESS):
        yield _row(name, "retrieval", "GB", "monthly_data_retrieval_gb", "retrieval_gb")
    if name in RETRIEVED:
        yield from _archive(name)
    else:
        for what in ("scanned", "returned"):
            key, kind = f"monthly_select_data_{what}_gb", f"select_{what}_gb"
            yield _row(name, f"select data {what}", "GB", key, kind, shown=False)
    if name in MINIMUM_DAYS:
        component = f"early delete (within {MINIMUM_DAYS[name]} days)"
        yield _row(name, component, "GB-month", "early_delete_gb", "storage_gb_month", shown=False)


def _requests(name: str) -> Iterator[UsageRow]:
    for what, tier in (("PUT", 1), ("GET", 2)):
        key, kind = f"monthly_tier_{tier}_requests", f"request_tier{tier}"
        yield _row(name, f"{what} requests", "1k requests", key, kind, per=1000)


def _archive(name: str) -> Iterator[UsageRow]:
    for way in RETRIEVED[name]:
        shown, attributes = way == "standard", {"storage_class": name, "retrieval": way}
        sku = Sku(S3, "retrieval_gb", attributes)
        key = _key(name, f"monthly_{way}_data_retrieval_gb")
        yield UsageRow(f"{name} {way} retrieval", "GB", key, sku, shown=shown)
        sku = Sku(S3, "retrieval_request_1k", attributes)
        key = _key(name, f"monthly_{way}_data_retrieval_requests")
        yield UsageRow(f"{name} {way} retrieval requests", "1k requests", key, sku, per=1000, shown=shown)
        if name == GLACIER_FLEXIBLE:
            for what in ("scanned", "returned"):
                sku = Sku(S3, f"select_{what}_gb", attributes)
                key = _key(name, f"monthly_{way}_select_data_{what}_gb")
                yield UsageRow(f"{name} {way} select data {what}", "GB", key, sku, shown=False)


def _row(name: str, what: str, unit: str, key: str, kind: str, per: int = 1, shown: bool = True) -> UsageRow:
    return UsageRow(f"{name} {what}", unit, _key(name, key), Sku(S3, kind, {"storage_class": name}), per, shown)


def _key(name: str, key: str) -> str:
    return f"{USAGE_KEYS[name]}.{key}"


ANALYTICS = (
    UsageRow(
        "Storage class analysis",
        "1M objects",
        "monthly_monitored_objects",
        Sku(S3, "storage_class_analysis_million_objects"),
        per=10**6,
    ),
)
INVENTORY = (
    UsageRow("Inventory", "1M objects", "monthly_listed_objects", Sku(S3, "inventory_million_objects"), per=10**6),
)
REQUEST_METRICS = (
    # Request metrics of a filter are charged as CloudWatch custom metrics while there are requests (S3 pricing page).
    UsageRow(
        "Request metrics", "metric-month", "monthly_request_metrics", Sku("AmazonCloudWatch", "custom_metric_month")
    ),
)
REPLICATION_METRICS = (
    UsageRow(
        "Replication metrics", "metric-month", "replication_metrics", Sku("AmazonCloudWatch", "custom_metric_month")
    ),
)
ACCELERATION = (UsageRow("Transfer Acceleration", "GB", "monthly_accelerated_gb", Sku(S3, "transfer_acceleration_gb")),)
REPLICATION_TIME_CONTROL = UsageRow(
    "Replication Time Control", "GB", "monthly_replicated_gb", Sku(S3, "replication_time_control_gb")
)
METADATA = (
    UsageRow("Metadata updates", "1M updates", "monthly_metadata_updates", Sku(S3, "metadata_million"), per=10**6),
)
STORAGE_LENS = (
    UsageRow(
        "Storage Lens advanced metrics",
        "1M objects",
        "monthly_monitored_objects",
        Sku(S3, "storage_lens_million_objects"),
        per=10**6,
    ),
)
ACCESS_GRANTS = (
    UsageRow(
        "Access Grants requests", "1k requests", "monthly_requests", Sku(S3, "access_grants_request_1k"), per=1000
    ),
)
OBJECT_LAMBDA = (
    UsageRow("Object Lambda data returned", "GB", "monthly_data_returned_gb", Sku(S3, "object_lambda_gb")),
)
MULTI_REGION = (UsageRow("Data routed", "GB", "monthly_data_routed_gb", Sku(S3, "multi_region_routing_gb")),)
TABLES = (
    UsageRow("Tables storage", "GB-month", "storage_gb", Sku(S3, "tables_storage_gb_month")),
    UsageRow("Tables PUT requests", "1k requests", "monthly_tier_1_requests", Sku(S3, "tables_request_tier1"), 1000),
    UsageRow("Tables GET requests", "1k requests", "monthly_tier_2_requests", Sku(S3, "tables_request_tier2"), 1000),
    UsageRow("Tables monitoring", "1k objects", "monitored_objects", Sku(S3, "tables_monitoring_1k_objects"), per=1000),
    UsageRow("Tables compaction", "GB", "monthly_compacted_gb", Sku(S3, "tables_compaction_gb")),
)
VECTORS = (
    UsageRow("Vectors storage", "GB-month", "storage_gb", Sku(S3, "vectors_storage_gb_month")),
    UsageRow("Vectors put", "GB", "monthly_put_gb", Sku(S3, "vectors_put_gb")),
    UsageRow("Vectors queries", "1M queries", "monthly_queries", Sku(S3, "vectors_query_million"), per=10**6),
)


def replication(*, leaves: bool, to: str | None, time_control: bool) -> tuple[UsageRow, ...]:
    """
    What replication itself costs: transfer where it `leaves` the region, and its time control. What it stores and asks
    for is charged to the bucket that it fills. `to` is that bucket's region, where it is known.
    """
    rows: tuple[UsageRow, ...] = ()
    if leaves:
        sku = Sku("AWSDataTransfer", "inter_region_out_gb", {"to": to} if to else {})
        rows = (UsageRow("Data transfer to another region", "GB", "monthly_outbound_other_regions_gb", sku),)
    return (*rows, *((REPLICATION_TIME_CONTROL,) if time_control else ()))
