"""A report as Markdown, and as Slack's dialect of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glimpse.operations.monitoring.blocks import Block, Bullets, Chart, Heading, Paragraph, Report, Table

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")
LIST_MARK = re.compile(r"^(\d*)([-+=.)])(?=\s|$)")

MAX_SLACK = 40_000
"""Characters after which Slack cuts a message (Slack changelog, April 2018)."""


def markdown_text(report: Report) -> str:
    blocks = [f"# {_escaped(report.title)}", *(_block(block) for block in report.blocks)]
    return "\n\n".join(blocks) + "\n"


def _escaped(text: str) -> str:
    """Text of others, such as an alarm's reason, draws no Markdown and no HTML."""
    return LIST_MARK.sub(r"\1\\\2", SPECIAL.sub(r"\\\1", " ".join(text.split())))


def _block(block: Block) -> str:
    match block:
        case Heading(text):
            return f"## {_escaped(text)}"
        case Paragraph(text):
            return _escaped(text)
        case Bullets(texts):
            return "\n".join(f"- {_escaped(text)}" for text in texts)
        case Chart():
            days = ", ".join(f"{day.day:%m-%d} {day.usd:.2f}" for day in block.days)
            return _escaped(f"{block.caption}: {days}")
        case Table():
            return _table(block)


def _table(table: Table) -> str:
    rules = ["---:" if at in table.numbers else "---" for at in range(len(table.columns))]
    rows = [[_escaped(cell) for cell in row] for row in (table.columns, *table.rows)]
    rows.insert(1, rules)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def slack_text(report: Report) -> str:
    """
    Slack has no tables and no headings: rows become lines, and headings bold. What is too long is cut between lines.
    """
    lines = list(_slack_lines(report))
    text = "\n".join(lines)
    while len(text) > MAX_SLACK:
        lines = lines[: max(1, len(lines) * 9 // 10)]
        text = "\n".join([*lines, "…"])[:MAX_SLACK] if len(lines) == 1 else "\n".join([*lines, "…"])
    return text


def _slack_lines(report: Report) -> Iterator[str]:
    yield f"*{_slack(report.title)}*"
    for block in report.blocks:
        match block:
            case Heading(text):
                yield f"\n*{_slack(text)}*"
            case Paragraph(text):
                yield _slack(text)
            case Bullets(texts, is_alarming):
                yield from (f"{':warning:' if is_alarming else '•'} {_slack(text)}" for text in texts)
            case Chart():
                yield _slack(block.caption)
            case Table():
                yield from (f"• {' · '.join(_slack(cell) for cell in row if cell)}" for row in block.rows)


def _slack(text: str) -> str:
    """Slack reads `<…>` as a link or a mention, so that its three signs are escaped; marks lose their meaning."""
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([*_~`])", "\\1\u200b", plain)
