"""A report as one page of HTML that needs nothing else: no script, no address; light and dark."""

from __future__ import annotations

from html import escape

from glimpse.operations.monitoring.blocks import Block, Bullets, Chart, Heading, Paragraph, Report, Table
from glimpse.operations.monitoring.chart import svg

STYLE = """
:root { color-scheme: light dark; --ink: #1f2328; --dim: #59636e; --faint: #d0d7de; --alarm: #cf222e; --page: #fff;
  --bar: #0969da; --plan: #9a6700 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --dim: #9198a1; --faint: #30363d; --alarm: #f85149; --page: #0d1117; --bar: #58a6ff;
    --plan: #d29922 }
}
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 56rem;
  margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
th, td { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--faint); vertical-align: top; text-align: left }
th { color: var(--dim); font-weight: 600 }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.alarm { color: var(--alarm); font-weight: 600 }
figure { margin: 1rem 0 } figcaption { color: var(--dim); font-size: .9rem }
svg { width: 100%; height: auto; font: 11px system-ui, sans-serif }
.bar { fill: var(--bar) } .label { fill: var(--dim) }
.axis { stroke: var(--faint) } .planned { stroke: var(--plan); stroke-width: 1.5; stroke-dasharray: 5 4 }
"""


def html_text(report: Report) -> str:
    title = escape(report.title)
    body = "\n".join(_block(block) for block in report.blocks)
    return (
        f'<!doctype html>\n<html lang="{report.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{title}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{body}\n</body>\n</html>\n"
    )


def _block(block: Block) -> str:
    match block:
        case Heading(text):
            return f"<h2>{escape(text)}</h2>"
        case Paragraph(text):
            return f"<p>{escape(text)}</p>"
        case Bullets(texts, is_alarming):
            of = ' class="alarm"' if is_alarming else ""
            return f"<ul{of}>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"
        case Chart():
            return f"<figure>{svg(block)}<figcaption>{escape(block.caption)}</figcaption></figure>"
        case Table():
            return _table(block)


def _table(table: Table) -> str:
    def row(tag: str, cells: list[str]) -> str:
        of = [' class="number"' if at in table.numbers else "" for at in range(len(cells))]
        return "".join(f"<{tag}{kind}>{escape(cell)}</{tag}>" for kind, cell in zip(of, cells, strict=True))

    head = f"<thead><tr>{row('th', list(table.columns))}</tr></thead>"
    rows = "".join(f"<tr>{row('td', list(cells))}</tr>" for cells in table.rows)
    return f'<div class="scroll"><table>{head}<tbody>{rows}</tbody></table></div>'
