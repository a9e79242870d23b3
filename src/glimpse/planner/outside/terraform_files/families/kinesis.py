"""Kinesis Data Streams."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.found import Found
from glimpse.planner.resources.kinesis import DAY_HOURS, KinesisStream
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced


def stream(block: Block, tree: Tree) -> Iterator[Found]:
    values = block.values
    yield KinesisStream(
        origin=block.origin,
        on_demand=values.block("stream_mode_details").text("stream_mode") == "ON_DEMAND",
        shards=values.known.integer("shard_count"),
        kept_hours=values.integer("retention_period") or DAY_HOURS,
    )
    if values.items("shard_level_metrics"):
        yield Unpriced(block.origin, "Shard-level metrics", say("part_unknown"))


READERS = {"aws_kinesis_stream": stream}
