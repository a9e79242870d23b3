"""Kinesis Data Streams."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.reader import StackItem
from glimpse.planner.resources.kinesis import DAY_HOURS, KinesisStream, StreamConsumer

ALL_METRICS = 7
"""What ALL stands for (API reference, EnableEnhancedMonitoring)."""

STREAM, CONSUMER = "aws_kinesis_stream", "aws_kinesis_stream_consumer"


def stream(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    metrics = values.known_items("shard_level_metrics")
    yield KinesisStream(
        origin=block.origin,
        on_demand=values.block("stream_mode_details").text("stream_mode") == "ON_DEMAND",
        shards=values.known.integer("shard_count"),
        kept_hours=values.integer("retention_period") or DAY_HOURS,
        consumers=len([row for row in tree.of(CONSUMER) if block in tree.references(row, "stream_arn", STREAM)]),
        shard_metrics=ALL_METRICS if "ALL" in metrics else len(metrics),
    )


def consumer(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Charged with its stream, where that is in the files."""
    known = tree.references(block, "stream_arn", STREAM)
    yield block.origin if known else StreamConsumer(block.origin)


READERS = {STREAM: stream, CONSUMER: consumer}
