"""S3: buckets, the classes that something in the tree moves objects to, and what is charged beside a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from glimpse.planner.outside.terraform_files.block import ArgumentUnknown, Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.reader import StackItem, charged_by
from glimpse.planner.outside.terraform_files.families.used_by import is_used_by
from glimpse.planner.resources import bucket as s3
from glimpse.planner.resources.by_use import ByUse

BUCKET, LIFECYCLE = "aws_s3_bucket", "aws_s3_bucket_lifecycle_configuration"
TIERING, REPLICATION = "aws_s3_bucket_intelligent_tiering_configuration", "aws_s3_bucket_replication_configuration"
OBJECTS = ("aws_s3_object", "aws_s3_bucket_object", "aws_s3_object_copy")

CLASSES = {
    "INTELLIGENT_TIERING": s3.INTELLIGENT_TIERING,
    "STANDARD_IA": s3.STANDARD_IA,
    "ONEZONE_IA": s3.ONE_ZONE_IA,
    "GLACIER_IR": s3.GLACIER_INSTANT,
    "GLACIER": s3.GLACIER_FLEXIBLE,
    "DEEP_ARCHIVE": s3.GLACIER_DEEP,
    "REDUCED_REDUNDANCY": s3.REDUCED_REDUNDANCY,
}
"""Terraform's names; Standard is what every bucket has."""

MOVES = ("transition", "noncurrent_version_transition")


def bucket(block: Block, tree: Tree) -> Iterator[StackItem]:
    rules = [rule for rule in block.values.known.blocks("lifecycle_rule") if rule.boolean("enabled") is not False]
    tagged = any(rule.mapping("tags") for rule in rules)
    for row in _about(block, tree, LIFECYCLE):
        rules += _enabled(row)
        tagged = tagged or any(_looks_for_tags(rule) for rule in _enabled(row))
    named = {move.text("storage_class") for rule in rules for kind in MOVES for move in rule.blocks(kind)}
    named |= {row.values.known.text("storage_class") for type_ in OBJECTS for row in _about(block, tree, type_)}
    named |= {destination.text("storage_class") for destination in _filled_by(block, tree)}
    tiering = _about(block, tree, TIERING)
    yield s3.Bucket(
        origin=block.origin,
        classes=frozenset(CLASSES[name] for name in named if name in CLASSES)
        | ({s3.INTELLIGENT_TIERING} if tiering else frozenset()),
        tagged=tagged,
        archives=any(row.values.known.text("status") != "Disabled" for row in tiering),
        aborts_uploads=_aborts_uploads(block, tree),
    )
    if block.values.is_unknown("acceleration_status") or block.values.text("acceleration_status") == "Enabled":
        known = not block.values.is_unknown("acceleration_status") or None
        yield ByUse(block.origin, s3.ACCELERATION, charged=known)
    for replicated in block.values.known.blocks("replication_configuration"):
        yield from _replication(block, tree, replicated.blocks("rules"), "replication_configuration.rules.destination")


def _aborts_uploads(block: Block, tree: Tree) -> bool | None:
    """Whether a rule for the whole bucket aborts incomplete uploads; None where not all rules are known."""
    rows = _about(block, tree, LIFECYCLE)
    inline = [rule for rule in block.values.known.blocks("lifecycle_rule") if rule.boolean("enabled") is not False]
    days = "abort_incomplete_multipart_upload_days"
    if any(rule.integer(days) and _is_for_all(rule) for rule in inline):
        return True
    aborting = (rule for row in rows for rule in _enabled(row) if rule.has("abort_incomplete_multipart_upload"))
    if any(_is_for_all(rule) for rule in aborting):
        return True
    others = is_used_by(block, tree, ((LIFECYCLE, "bucket"),), named_by="bucket")
    hidden = block.values.is_unknown("lifecycle_rule") or any(row.values.is_unknown("rule") for row in rows)
    # A rule of its own resource would take the place of those that stand in the bucket's block.
    return None if others is None or hidden or inline else False


def _is_for_all(rule: Values) -> bool:
    """Whether a rule is for every object: neither a prefix nor a filter limits it."""
    limits = ("prefix", "tag", "tags", "and", "object_size_greater_than", "object_size_less_than")
    return not any(
        part.is_unknown(name) or part.text(name) or part.blocks(name)
        for part in (rule, rule.block("filter"))
        for name in limits
    )


def _about(target: Block, tree: Tree, type_: str) -> tuple[Block, ...]:
    """What names a bucket, as far as that is known: it only decides which of the classes are worth showing."""
    name = target.values.known.text("bucket")
    rows = (*_linked(target, tree, "bucket", type_), *(_by_bucket(tree, type_).get(name, ()) if name else ()))
    return tuple({row.address: row for row in rows}.values())


def _linked(target: Block, tree: Tree, argument: str, type_: str) -> tuple[Block, ...]:
    try:
        return tree.referenced_by(target, argument, type_)
    except ArgumentUnknown:
        return ()


@lru_cache(maxsize=8)
def _by_bucket(tree: Tree, type_: str) -> dict[str, list[Block]]:
    """The blocks of a type by the name of the bucket that they write out."""
    found: dict[str, list[Block]] = {}
    for row in tree.of(type_):
        if name := row.values.known.text("bucket"):
            found.setdefault(name, []).append(row)
    return found


def _enabled(lifecycle: Block) -> list[Values]:
    return [rule for rule in lifecycle.values.known.blocks("rule") if rule.text("status") != "Disabled"]


def _looks_for_tags(rule: Values) -> bool:
    found = rule.block("filter")
    return found.has("tag") or bool(found.block("and").mapping("tags"))


def _filled_by(target: Block, tree: Tree) -> Iterator[Values]:
    """The destinations of replication that are this bucket."""
    for row in _linked(target, tree, "rule.destination.bucket", REPLICATION):
        yield from (rule.block("destination") for rule in row.values.known.blocks("rule"))


def lifecycle(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield block.origin
    yield s3.Lifecycle(block.origin)


def replication(block: Block, tree: Tree) -> Iterator[StackItem]:
    rules = tuple(rule for rule in block.values.blocks("rule") if rule.text("status") != "Disabled")
    yield from _replication(block, tree, rules, "rule.destination")


def _replication(block: Block, tree: Tree, rules: tuple[Values, ...], argument: str) -> Iterator[StackItem]:
    targets = tree.certain_references(block, f"{argument}.bucket", BUCKET)
    regions = {target.region for target in targets} - {block.region}
    timed = any(rule.block("destination").block("replication_time").text("status") == "Enabled" for rule in rules)
    to = next(iter(sorted(region for region in regions if region)), None)
    metered = any(rule.block("destination").block("metrics").text("status") == "Enabled" for rule in rules)
    rows = s3.replication(leaves=not targets or bool(regions), to=to, time_control=timed)
    rows += s3.REPLICATION_METRICS if metered else ()
    # Where nobody knows the bucket, nobody knows whether what goes there leaves the region.
    known = not _could_be_any(block, tree, f"{argument}.bucket") or None
    yield ByUse(block.origin, rows, charged=known) if rules and rows else block.origin


def _could_be_any(block: Block, tree: Tree, argument: str) -> bool:
    """Whether an argument could refer to any bucket."""
    try:
        tree.references(block, argument, BUCKET)
    except ArgumentUnknown:
        return True
    return False


def accelerate(block: Block, tree: Tree) -> Iterator[StackItem]:
    suspended = block.values.text("status") == "Suspended"
    yield block.origin if suspended else ByUse(block.origin, s3.ACCELERATION)


def inventory(block: Block, tree: Tree) -> Iterator[StackItem]:
    off = block.values.boolean("enabled") is False
    yield block.origin if off else ByUse(block.origin, s3.INVENTORY)


def analytics(block: Block, tree: Tree) -> Iterator[StackItem]:
    """What is listed for a filter is analysed; an export is kept and charged in the bucket that it goes to."""
    yield ByUse(block.origin, s3.ANALYTICS)


def directory_bucket(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield s3.DirectoryBucket(block.origin)


ADVANCED = (
    "activity_metrics",
    "advanced_cost_optimization_metrics",
    "advanced_data_protection_metrics",
    "advanced_performance_metrics",
    "detailed_status_code_metrics",
    "prefix_level",
)
"""Storage Lens charges for these; its free metrics are always there (S3 pricing page)."""


def storage_lens(block: Block, tree: Tree) -> Iterator[StackItem]:
    configuration = block.values.block("storage_lens_configuration")
    account = configuration.block("account_level")
    levels = (account, account.block("bucket_level"))
    paid = any(
        level.block(name).boolean("enabled") or level.block(name).block("storage_metrics").boolean("enabled")
        for level in levels
        for name in ADVANCED
    )
    paid = paid or configuration.has("expanded_prefixes_data_export")
    on = configuration.boolean("enabled") is not False
    yield ByUse(block.origin, s3.STORAGE_LENS) if on and paid else block.origin


def object_lambda(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield ByUse(block.origin, s3.OBJECT_LAMBDA)
    if block.values.block("configuration").boolean("cloud_watch_metrics_enabled"):
        yield ByUse(block.origin, s3.REQUEST_METRICS)


def within_bucket(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Tables and vector indexes are kept, asked for and charged in their bucket."""
    yield block.origin


READERS = {
    BUCKET: bucket,
    LIFECYCLE: lifecycle,
    REPLICATION: replication,
    "aws_s3_bucket_accelerate_configuration": accelerate,
    "aws_s3_bucket_analytics_configuration": analytics,
    "aws_s3_bucket_inventory": inventory,
    "aws_s3_bucket_metadata_configuration": charged_by(s3.METADATA),
    "aws_s3_bucket_metric": charged_by(s3.REQUEST_METRICS),
    "aws_s3_directory_bucket": directory_bucket,
    "aws_s3control_access_grants_instance": charged_by(s3.ACCESS_GRANTS),
    "aws_s3control_multi_region_access_point": charged_by(s3.MULTI_REGION),
    "aws_s3control_object_lambda_access_point": object_lambda,
    "aws_s3control_storage_lens_configuration": storage_lens,
    "aws_s3tables_table": within_bucket,
    "aws_s3tables_table_bucket": charged_by(s3.TABLES),
    "aws_s3vectors_index": within_bucket,
    "aws_s3vectors_vector_bucket": charged_by(s3.VECTORS),
}
