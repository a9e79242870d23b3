"""A lever on streams: how long Kinesis keeps what was written."""

from __future__ import annotations

from dataclasses import replace

from glimpse.planner.levers.lever import GIVES_UP, TERRAFORM, Lever, each
from glimpse.planner.resources.kinesis import DAY_HOURS, KinesisStream


def stream_retention(stream: KinesisStream) -> KinesisStream:
    """Records are kept for a day, which is part of the price (Kinesis Data Streams pricing page)."""
    return replace(stream, kept_hours=DAY_HOURS) if stream.kept_hours > DAY_HOURS else stream


LEVERS = (
    Lever(
        "stream_retention", "stream retention", GIVES_UP, each(KinesisStream, stream_retention), TERRAFORM, "variable",
        gives_up="stream_hours",
    ),
)  # fmt: skip
