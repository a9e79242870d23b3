"""
The charts of the page, each as Vega specifications for a phone and for a screen, and Vega's SVG of them.

Colours are CSS variables of `style.css`, so that one SVG serves light and dark; letters are those of the page. Nothing
is measured: the same rows give the same SVG on every machine, whatever fonts it has.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from markupsafe import Markup
from rich.cells import cell_len, set_cell_size

PHONE, HALF, FULL = 320, 540, 1080
"""
The widths in px that charts are made for: of a phone, of half a screen, and of a whole one. `style.css` names them, and
shows the one that fits.
"""

FONT_SIZE, LETTER_WIDTH, FIGURE_WIDTH = 13, 7.4, 9.2
"""In px: of a label, of a Latin letter of a wide font (a Korean one takes two of those), and of a bold figure."""

BAR, BAR_REST, SAVED, WARN = "var(--bar)", "var(--bar-rest)", "var(--saved)", "var(--warn)"
INK, SOFT, LINE, SURFACE = "var(--ink)", "var(--soft)", "var(--line)", "var(--surface)"
MAX_TINTS = 8
"""As many services have a colour of their own: --tint-1 to --tint-8 of `style.css`."""

BAR_HEIGHT, MARGIN = 14, 7
"""In px: of a bar, and between a bar and the text beside it."""

DOT_AREA, DOT_WIDTH = 110, 11
"""Of a dot, in square px as Vega asks for it, and in px."""

TREE_HEIGHT, MIN_LABELLED = 450, 16
"""In px: of the tree, and of the lowest part of it that has a label."""

Specification = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ChartRow:
    """
    A row of a chart: its label, from `start` to `end` in USD a month, what is written beside it, and its colour.
    `is_ring`: as a dot it is a ring, else a disk.
    """

    label: str
    end: Fraction
    text: str
    colour: str = BAR
    start: Fraction = Fraction(0)
    is_ring: bool = False


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A part of the bill in USD a month. `tint` is the number of its colour (MAX_TINTS), 0 for what has none."""

    label: str
    usd: Fraction
    text: str
    tint: int = 0
    children: tuple[TreeNode, ...] = ()


def bars(rows: Sequence[ChartRow], title: str) -> Markup:
    """Rows as bars, one below the other."""
    return _svgs(title, [_rows(rows, width) for width in (PHONE, HALF, FULL)])


def waterfall(rows: Sequence[ChartRow], title: str) -> Markup:
    """Rows that each begin where the row before ended; the first and the last stand on zero."""
    return _svgs(title, [_rows(rows, width, are_joined=True) for width in (PHONE, HALF)])


def dots(rows: Sequence[ChartRow], title: str) -> Markup:
    """A dot at the end of each row."""
    return _svgs(title, [_rows(rows, width, are_dots=True) for width in (PHONE, HALF, FULL)])


def tree(nodes: Sequence[TreeNode], title: str) -> Markup:
    """Parts of parts, from left to right; each is as high as its share."""
    return _svgs(title, [_tree(nodes, width) for width in (PHONE, HALF, FULL)])


def _svgs(title: str, specifications: Sequence[Specification]) -> Markup:
    """The SVGs of one chart, of which the page shows the one that fits."""
    import vl_convert

    return Markup("").join(
        Markup('<svg class="w{0}" viewBox="0 0 {0} {1}" role="img" aria-label="{2}">{3}</svg>').format(
            made["width"], made["height"], title, _svg_content(vl_convert.vega_to_svg(made))
        )
        for made in specifications
    )


def _svg_content(svg: str) -> Markup:
    """What is inside of an SVG of Vega, whose renderer escapes each text."""
    inside = re.sub(r"^<svg[^>]*>|</svg>$", "", svg.strip())
    inside = re.sub(r'<path class="(?:background|foreground)"[^>]*/>', "", inside)
    return Markup(re.sub(r"<[^>]*>", _shortened_tag, inside))  # noqa: S704


def _shortened_tag(tag: re.Match[str]) -> str:
    """A tag without what `style.css` decides, and with numbers to a tenth of a px."""
    kept = re.sub(r' (?:class|role|aria-[a-z]+|font-family|font-size|stroke-miterlimit)="[^"]*"', "", tag[0])
    return re.sub(r"\d+\.\d{2,}", lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), kept)


def cut_to_px(text: str, width: float) -> str:
    """The text as far as it fits so many px."""
    cells = int(width / LETTER_WIDTH)
    return text if cell_len(text) <= cells else set_cell_size(text, max(1, cells - 1)).rstrip() + "…"


def _base(width: int, height: int, **parts: Any) -> Specification:
    return {
        "$schema": "https://vega.github.io/schema/vega/v5.json",
        "width": width,
        "height": height,
        "padding": 0,
        "autosize": "none",
        "config": {"aria": False, "text": {"font": "inherit", "fontSize": FONT_SIZE}},
        **parts,
    }


class _RowLayout(NamedTuple):
    """In px: how high a row is, and how far below its top the middles of its label and its bar are."""

    height: int
    label: int
    bar: int


LABEL_ABOVE, LABEL_BEFORE = _RowLayout(42, label=11, bar=29), _RowLayout(30, label=15, bar=15)
"""The label stands above its bar on a phone, else before it."""


def _rows(rows: Sequence[ChartRow], width: int, are_joined: bool = False, are_dots: bool = False) -> Specification:
    is_phone = width == PHONE
    layout = LABEL_ABOVE if is_phone else LABEL_BEFORE
    longest = max(cell_len(row.label) for row in rows) * LETTER_WIDTH
    # At most a bit more than half of the chart is for labels.
    left = 1 if is_phone else round(min(longest + 20, width * 0.55))
    right = width - 2 * MARGIN - max(cell_len(row.text) for row in rows) * FIGURE_WIDTH
    values: list[Specification] = [
        {
            "label": cut_to_px(row.label, (width if is_phone else left) - 2 * MARGIN), "text": row.text,
            "colour": row.colour, "fill": SURFACE if row.is_ring else row.colour, "end": float(row.end),
            "low": float(min(row.start, row.end)), "high": float(max(row.start, row.end)),
            "top": number * layout.height,
        }
        for number, row in enumerate(rows)
    ]  # fmt: skip
    highest = max(value["high"] for value in values) or 1.0
    return _base(
        width, layout.height * len(rows),
        data=[{"name": "rows", "values": values}],
        scales=[{"name": "x", "type": "linear", "domain": [0, highest], "range": [left, right], "zero": True}],
        marks=[
            # On a phone they would cross the labels.
            *([_joints(len(rows), layout)] if are_joined and not is_phone else []),
            *(_dots(layout) if are_dots else [_bar(layout)]),
            _text("label", {"value": 0}, layout.label),
            _text(
                "text", {"scale": "x", "field": "high", "offset": MARGIN + (DOT_WIDTH // 2 if are_dots else 0)},
                layout.bar, weight=600,
            ),
        ],
    )  # fmt: skip


def _mark(kind: str, source: str = "rows", **enter: Any) -> Specification:
    return {"type": kind, "from": {"data": source}, "encode": {"enter": enter}}


def _text(field: str, x: Specification, middle: int, weight: int = 400) -> Specification:
    return _mark(
        "text", x=x, y={"field": "top", "offset": middle}, text={"field": field}, fill={"value": INK},
        baseline={"value": "middle"}, fontWeight={"value": weight},
    )  # fmt: skip


def _bar(layout: _RowLayout) -> Specification:
    """At least 2 px wide, so that something always shows."""
    return _mark(
        "rect", x={"scale": "x", "field": "low"},
        x2={"signal": "max(scale('x', datum.high), scale('x', datum.low) + 2)"},
        y={"field": "top", "offset": layout.bar - BAR_HEIGHT // 2}, height={"value": BAR_HEIGHT},
        cornerRadius={"value": 3}, fill={"field": "colour"},
    )  # fmt: skip


def _joints(count: int, layout: _RowLayout) -> Specification:
    """A thin line from where each row but the last ends to where the next one begins."""
    return _mark(
        "rule", x={"scale": "x", "field": "end"},
        y={"field": "top", "offset": layout.bar + BAR_HEIGHT // 2},
        y2={"field": "top", "offset": layout.bar + layout.height - BAR_HEIGHT // 2},
        stroke={"value": SOFT}, strokeWidth={"value": 1},
        opacity={"signal": f"datum.top < {(count - 1) * layout.height} ? 1 : 0"},
    )  # fmt: skip


def _dots(layout: _RowLayout) -> Sequence[Specification]:
    """A dot for each row, with a line to it from the left."""
    y = {"field": "top", "offset": layout.bar}
    return (
        _mark(
            "rule", x={"scale": "x", "value": 0}, x2={"scale": "x", "field": "high"}, y=y, stroke={"value": LINE},
            strokeWidth={"value": 2},
        ),
        _mark(
            "symbol", x={"scale": "x", "field": "high"}, y=y, size={"value": DOT_AREA}, stroke={"field": "colour"},
            strokeWidth={"value": 2.5}, fill={"field": "fill"},
        ),
    )  # fmt: skip


def _tree(nodes: Sequence[TreeNode], width: int) -> Specification:
    """
    Columns for service, component and resource; a phone has no room for the last. The boxes are Vega's partition of the
    shares.
    """
    columns, gap = (2 if width == PHONE else 3), 2
    column = width / columns
    values: list[Specification] = [{"id": 0, "parent": None}]

    def add(node: TreeNode, parent: int, depth: int, tint: int) -> None:
        number, is_last = len(values), depth == columns or not node.children
        room = column - 20 - (cell_len(node.text) + 1) * LETTER_WIDTH
        values.append(
            {
                "id": number, "parent": parent, "usd": float(node.usd) if is_last else None, "tint": tint,
                "label": cut_to_px(node.label, room), "text": node.text,
            }
        )  # fmt: skip
        for child in () if is_last else node.children:
            add(child, number, depth + 1, tint)

    for node in nodes:
        add(node, 0, 1, node.tint)
    # What Vega's partition calls x runs from top to bottom here, and the depth tells the column.
    left = f"(datum.depth - 1) * {column}"
    middle = {"signal": "(datum.x0 + datum.x1) / 2"}
    letters = {"baseline": {"value": "middle"}, "fill": {"value": INK}}
    return _base(
        width, TREE_HEIGHT,
        data=[
            {
                "name": "rows",
                "values": values,
                "transform": [
                    {"type": "stratify", "key": "id", "parentKey": "parent"},
                    {"type": "partition", "field": "usd", "size": [TREE_HEIGHT, 4]},
                    {"type": "filter", "expr": "datum.depth > 0"},
                ],
            },
            {
                "name": "labelled",
                "source": "rows",
                "transform": [{"type": "filter", "expr": f"datum.x1 - datum.x0 >= {MIN_LABELLED}"}],
            },
        ],
        marks=[
            _mark(
                "rect", x={"signal": left}, width={"value": column - gap}, y={"field": "x0", "offset": gap / 2},
                height={"signal": f"max(0.6, datum.x1 - datum.x0 - {gap})"}, cornerRadius={"value": 3},
                fill={"signal": "'var(--tint-' + datum.tint + ')'"},
                fillOpacity={"signal": "[0, 1, 0.72, 0.5][datum.depth]"},
            ),
            _mark("text", "labelled", x={"signal": f"{left} + 8"}, y=middle, text={"field": "label"}, **letters),
            _mark(
                "text", "labelled", x={"signal": f"{left} + {column - gap - 8}"}, y=middle, text={"field": "text"},
                align={"value": "right"}, **letters,
            ),
        ],
    )  # fmt: skip
