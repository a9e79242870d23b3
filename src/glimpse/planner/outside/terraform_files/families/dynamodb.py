"""DynamoDB: tables with their indexes and copies, and what is taken out of them."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.reader import StackItem
from glimpse.planner.outside.terraform_files.families.scaling import scaling_of
from glimpse.planner.resources.table import (
    STANDARD,
    STANDARD_IA,
    CapacityUnits,
    ChangeCapture,
    ContributorInsights,
    Export,
    GlobalTable,
    Index,
    Replica,
    Table,
    TableIndex,
)
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced

TABLE, INDEX = "aws_dynamodb_table", "global_secondary_index"
WAYS = ("Read", "Write")
CLASSES = {"STANDARD": STANDARD, "STANDARD_INFREQUENT_ACCESS": STANDARD_IA}

WARM_READS, WARM_WRITES = 12_000, 4_000
"""Units a second that every table on demand is warm for without charge (developer guide, warm throughput)."""


def table(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    if _warmed(values) or any(map(_warmed, values.blocks("global_secondary_index"))):
        yield Unpriced(block.origin, "Warm throughput", say("table_warmed"))
    for _ in values.blocks("global_table_witness"):
        yield Unpriced(block.origin, "Global table witness", say("part_unknown"))
    yield _table(block, tree)


def _table(block: Block, tree: Tree) -> Table:
    values = block.values
    by_request = values.text("billing_mode") == "PAY_PER_REQUEST"
    class_ = values.text("table_class") or "STANDARD"
    name = values.known.text("name")
    alike = [row for row in tree.of(TABLE) if name and row.values.known.text("name") == name]
    # Two tables of one name cannot both be: a target that names one by it tells nothing.
    identity = f"table/{name}" if len([row for row in alike if row.region == block.region]) == 1 else None
    rows = () if by_request else values.blocks(INDEX)
    indexes = tuple(_index(row, block, tree, identity, is_alone=len(rows) == 1) for row in rows)
    restored = ("restore_source_name", "restore_source_table_arn", "restore_backup_arn")
    reads, writes = (
        scaling_of(block, tree, f"dynamodb:table:{way}CapacityUnits", identity, named_by="name") for way in WAYS
    )
    return Table(
        origin=block.origin,
        provisioned=None if by_request else _capacity(values, "read_capacity", "write_capacity"),
        table_class=CLASSES.get(class_, class_),
        scaling=(None, None) if by_request else (reads, writes),
        indexes=indexes,
        replicas=tuple(
            (region, row.boolean("point_in_time_recovery") or False)
            for row in values.blocks("replica")
            if (region := row.text("region_name"))
        ),
        streams=values.boolean("stream_enabled") or False,
        point_in_time_recovery=values.block("point_in_time_recovery").boolean("enabled") or False,
        restored=any(map(values.has, restored)),
        imported=values.has("import_table"),
    )


def _capacity(values: Values, reads: str, writes: str) -> CapacityUnits:
    return values.known.integer(reads), values.known.integer(writes)


def _index(row: Values, block: Block, tree: Tree, identity: str | None, is_alone: bool) -> Index:
    name = row.known.text("name")
    own = f"{identity}/index/{name}" if identity and name else None
    reads, writes = (scaling_of(block, tree, f"dynamodb:index:{way}CapacityUnits", own, is_alone) for way in WAYS)
    return Index(_capacity(row, "read_capacity", "write_capacity"), (reads, writes))


def _warmed(values: Values) -> bool:
    """Whether more is kept warm than every table is."""
    warm = values.block("warm_throughput")
    reads, writes = warm.integer("read_units_per_second"), warm.integer("write_units_per_second")
    return (reads or 0) > WARM_READS or (writes or 0) > WARM_WRITES


def index(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    if _warmed(values):
        yield Unpriced(block.origin, "Warm throughput", say("table_warmed"))
    home = _home(block, tree, "table_name")
    class_ = (home.values.text("table_class") if home else None) or "STANDARD"
    rows = values.blocks("provisioned_throughput")
    capacity = _capacity(rows[0], "read_capacity_units", "write_capacity_units") if rows else None
    yield TableIndex(block.origin, capacity, CLASSES.get(class_, class_))


def _home(block: Block, tree: Tree, argument: str) -> Block | None:
    """The table that a resource belongs to: by reference, or by its name."""
    linked = tree.references(block, argument, TABLE)
    name = (block.values.known.text(argument) or "").rpartition("/")[2]
    named = [row for row in tree.of(TABLE) if name and row.values.known.text("name") == name]
    return next(iter((*linked, *named)), None)


def replica(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    home = _home(block, tree, "global_table_arn")
    if home is None:
        yield Unpriced(block.origin, "Table replica", say("needs_table"))
        return
    copied = _table(home, tree)
    class_ = CLASSES.get(values.text("table_class_override") or "", copied.table_class)
    own = Table(copied.origin, copied.provisioned, class_, copied.scaling, copied.indexes)
    yield Replica(block.origin, own, values.boolean("point_in_time_recovery") or False)


def global_table(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield GlobalTable(block.origin)


def change_capture(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield ChangeCapture(block.origin)


def export(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield Export(block.origin)


def contributor_insights(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    home = _home(block, tree, "table_name")
    index_name = values.known.text("index_name")
    rows = home.values.blocks(INDEX) if home and index_name else ()
    keyed = [row for row in rows if row.known.text("name") == index_name]
    of = home.values if home and not values.has("index_name") else keyed[0] if keyed else None
    half = values.text("mode") == "THROTTLED_KEYS"
    rules = None if of is None else (4 if of.has("range_key") else 2) // (2 if half else 1)
    yield ContributorInsights(block.origin, rules)


READERS = {
    TABLE: table,
    "aws_dynamodb_global_secondary_index": index,
    "aws_dynamodb_table_replica": replica,
    "aws_dynamodb_global_table": global_table,
    "aws_dynamodb_kinesis_streaming_destination": change_capture,
    "aws_dynamodb_table_export": export,
    "aws_dynamodb_contributor_insights": contributor_insights,
}
CARRIERS = {TABLE: (Table,)}
