"""What was measured for `glimpse.toml`, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from msgspec import Struct

from glimpse.operations.monitoring.blocks import Block, Bullets, Heading, Paragraph, Report, Table
from glimpse.operations.monitoring.measured import Measured
from glimpse.operations.options import Say


class Change(Struct, frozen=True):
    """A key of the file before and after; `before` is empty where the file did not have it."""

    key: str
    before: str
    after: str
    source: str


class MeasuredWorkload(Struct, frozen=True):
    """`before` and `after` are USD a month of the bill. `metrics` were asked for; `written` is the file, if any."""

    measured: Measured
    changes: Sequence[Change]
    metrics: int
    before: Decimal
    after: Decimal
    written: str | None


def report(found: MeasuredWorkload, region: str, days: int, say: Say) -> Report:
    return Report(say("workload_title", region=region, days=days), say.language, list(_blocks(found, say)))


def _blocks(found: MeasuredWorkload, say: Say) -> Iterator[Block]:
    if found.changes:
        yield Heading(say("workload_measured"))
        yield Table(
            [say(f"workload_column_{name}") for name in ("key", "before", "after", "metric")],
            [[change.key, change.before, change.after, change.source] for change in found.changes],
            (1, 2),
        )
        yield Paragraph(say("workload_bill", before=f"{found.before:.2f}", after=f"{found.after:.2f}"))
    else:
        yield Paragraph(say("workload_nothing"))
    if found.measured.facts:
        yield Heading(say("workload_facts"))
        yield Bullets([fact.text(say) for fact in found.measured.facts])
    yield Heading(say("workload_kept"))
    by_reason: dict[str, list[str]] = {}
    for kept in found.measured.kept:
        by_reason.setdefault(kept.why.text(say), []).append(f"{kept.section}.{kept.key}")
    yield Bullets([f"{', '.join(keys)}: {why}" for why, keys in by_reason.items()])
    yield Paragraph(say("workload_metrics", count=found.metrics))
    if found.written:
        yield Paragraph(say("workload_written", path=found.written))
    elif found.changes:
        yield Paragraph(say("workload_not_written"))


def value_text(value: object) -> str:
    """A list of hours is too long for a cell: its ends say enough."""
    if isinstance(value, list | tuple):
        return f"{value[0]:g} … {value[-1]:g}" if value else ""
    return f"{value:g}" if isinstance(value, int | float) else ""
