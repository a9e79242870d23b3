"""USD of each day as a small bar chart in SVG. Its colours are those of the page that it stands in."""

from __future__ import annotations

from html import escape

from glimpse.operations.monitoring.blocks import Chart

WIDTH, HEIGHT, BOTTOM, TOP, LEFT = 640, 180, 22, 16, 44
MAX_LABELS = 10
MAX_BAR = 48


def svg(chart: Chart) -> str:
    amounts = [float(day.usd) for day in chart.days]
    top = max([*amounts, chart.planned, 0.01]) * 1.1
    height = HEIGHT - BOTTOM - TOP
    step = (WIDTH - LEFT) / max(1, len(amounts))
    bar = min(MAX_BAR, step * 0.7)

    def y(usd: float) -> float:
        return TOP + height * (1 - max(0.0, usd) / top)

    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(chart.caption)}">',
        f'<line class="axis" x1="{LEFT}" y1="{y(0):.1f}" x2="{WIDTH}" y2="{y(0):.1f}"/>',
        f'<text class="label" x="{LEFT - 6}" y="{y(0):.1f}" text-anchor="end">0</text>',
    ]
    every = -(-len(amounts) // MAX_LABELS)
    for at, (day, usd) in enumerate(zip(chart.days, amounts, strict=True)):
        x = LEFT + step * (at + 0.5)
        parts.append(
            f'<rect class="bar" x="{x - bar / 2:.1f}" y="{y(usd):.1f}" width="{bar:.1f}" '
            f'height="{max(0.0, y(0) - y(usd)):.1f}"><title>{day.day:%Y-%m-%d}: ${usd:.2f}</title></rect>'
        )
        if at % every == 0:
            parts.append(
                f'<text class="label" x="{x:.1f}" y="{HEIGHT - 6}" text-anchor="middle">{day.day:%m-%d}</text>'
            )
            if usd > 0:
                parts.append(
                    f'<text class="label" x="{x:.1f}" y="{y(usd) - 3:.1f}" text-anchor="middle">{usd:.2f}</text>'
                )
    line = y(chart.planned)
    parts += [
        f'<line class="planned" x1="{LEFT}" y1="{line:.1f}" x2="{WIDTH}" y2="{line:.1f}"/>',
        f'<text class="label" x="{LEFT - 6}" y="{line + 4:.1f}" text-anchor="end">{chart.planned:.2f}</text>',
        "</svg>",
    ]
    return "".join(parts)
