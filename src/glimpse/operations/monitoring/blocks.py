"""A report as blocks of text, tables and one chart; each format draws the same blocks."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from glimpse.operations.monitoring.spending import DayCost


class Heading(Struct, frozen=True):
    text: str


class Paragraph(Struct, frozen=True):
    text: str


class Bullets(Struct, frozen=True):
    """`is_alarming`: each of them needs a person."""

    texts: Sequence[str]
    is_alarming: bool = False


class Table(Struct, frozen=True):
    """`numbers` are the columns that are aligned to the right."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int] = ()


class Chart(Struct, frozen=True):
    """USD of each day beside the plan's for one day. `caption` says it in words."""

    days: Sequence[DayCost]
    planned: float
    caption: str


Block = Heading | Paragraph | Bullets | Table | Chart


class Report(Struct, frozen=True):
    title: str
    language: str
    blocks: Sequence[Block]
