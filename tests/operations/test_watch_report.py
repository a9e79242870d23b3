"""The report of `glimpse watch` in its formats. What AWS or somebody else wrote draws nothing in any of them."""

from __future__ import annotations

import asyncio
import html.parser
import json
import re
from decimal import Decimal
from functools import cache

import pytest
from rich.cells import cell_len

from glimpse.operations.monitoring.blocks import Bullets, Chart, Report, Table
from glimpse.operations.monitoring.chart import svg
from glimpse.operations.monitoring.html_page import html_text
from glimpse.operations.monitoring.markdown import MAX_SLACK, markdown_text, slack_text
from glimpse.operations.monitoring.report import report
from glimpse.operations.monitoring.report_json import json_text
from glimpse.operations.monitoring.spending import DayCost
from glimpse.operations.monitoring.terminal import terminal_text
from glimpse.operations.monitoring.watch import Watched
from glimpse.operations.outside.aws.calls import Calls
from glimpse.operations.outside.watching import watch_stack
from glimpse.words import Words
from tests.operations.aws_stack import REGION
from tests.operations.schemas import undescribed
from tests.operations.test_watch_spending import BEST, DEPLOYMENT
from tests.operations.watched_account import NAME, NOW, Account

HOSTILE = "<script>alert(1)</script> | *bold* [link](https://evil.example) `x` &amp; <!channel>"
LANGUAGES = ("en", "ko")


@cache
def troubled() -> Watched:
    """A stack with a raised alarm whose reason somebody else wrote, credits, tax, and no data of the database."""
    account = Account()
    account["cloudwatch:DescribeAlarms"] = {
        "MetricAlarms": [
            {"AlarmName": f"{NAME}-cpu", "StateValue": "ALARM", "StateUpdatedTimestamp": NOW, "StateReason": HOSTILE}
        ]
    }
    account.usage.append((HOSTILE, f"APN2-{HOSTILE}", 3, 1, "Hrs"))
    account.adjustments = [("APN2-LoadBalancerUsage", "Credit", -1), ("", "Tax", 1)]
    account.metrics = {}
    return asyncio.run(watch_stack(Calls(account.session(), REGION), DEPLOYMENT, BEST, 7, NOW))


class Page(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_one_file_that_asks_for_nothing_and_runs_nothing(language: str) -> None:
    text = html_text(report(troubled(), Words(language)))
    page = Page()
    page.feed(text)
    tags = {tag for tag, _ in page.tags}
    assert tags <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "ul", "li", "div", "table", "thead", "tbody",
        "tr", "th", "td", "figure", "figcaption", "svg", "line", "text", "rect",
    }  # fmt: skip
    assert not any(
        name in ("src", "href", "style") or name.startswith("on") for _, found in page.tags for name in found
    )
    assert "&lt;script&gt;" in text
    assert "prefers-color-scheme: dark" in text
    assert f'<html lang="{language}">' in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_markdown_shows_the_words_of_others_as_they_are(language: str) -> None:
    text = markdown_text(report(troubled(), Words(language)))
    assert not re.search(r"(?<!\\)<", text)
    assert r"\*bold\*" in text
    assert r"\[link\]\(" in text or r"\[link\](" in text
    widths = {len(re.findall(r"(?<!\\)\|", line)) for line in text.splitlines() if line.startswith("| ---")}
    for table in re.findall(r"(?m)(?:^\|.*\|$\n?)+", text):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1
    assert widths


@pytest.mark.parametrize("language", LANGUAGES)
def test_slack_reads_no_mention_and_no_link_in_the_words_of_others(language: str) -> None:
    text = slack_text(report(troubled(), Words(language)))
    assert "<" not in text
    assert ">" not in text
    assert "&lt;!channel&gt;" in text
    assert ":warning:" in text


def test_a_report_that_is_too_long_for_slack_is_cut_between_lines() -> None:
    long = Report("t", "en", [Table(["a"], [[f"line {number} " + "x" * 90] for number in range(2000)])])
    text = slack_text(long)
    assert len(text) <= MAX_SLACK
    assert text.endswith("\n…")
    assert all(len(line) > 90 for line in text.splitlines()[1:-1])
    assert len(slack_text(Report("t", "en", [Bullets(["y" * 90_000])]))) <= MAX_SLACK


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_terminal_of_80_columns_holds_every_line(language: str) -> None:
    text = terminal_text(report(troubled(), Words(language)), 80, is_coloured=False)
    assert [line for line in text.splitlines() if cell_len(line) > 80] == []
    assert "✗" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_is_what_its_schema_describes(language: str) -> None:
    text = json_text(troubled(), Words(language))
    assert undescribed(text) == []
    document = json.loads(text)
    assert [each["code"] for each in document["attention"]] == ["watch_paid_high", "watch_alarm"]
    assert {item["state"] for item in document["health"]} == {"good", "attention", "unknown"}
    assert re.fullmatch(r"-?\d+(\.\d+)?", document["spending"]["paid_month_usd"])


def test_what_needs_attention_stands_first_in_every_format() -> None:
    found = report(troubled(), Words("en"))
    for text in (html_text(found), markdown_text(found), slack_text(found), terminal_text(found, 80, False)):
        assert text.index("Needs attention") < text.index("Paid and planned")


@pytest.mark.parametrize("days", [0, 1, 7, 30, 365])
def test_the_chart_keeps_every_bar_inside(days: int) -> None:
    amounts = [DayCost(NOW.date(), Decimal(day % 5) - 1) for day in range(days)]
    drawn = svg(Chart(amounts, 1.8, "caption"))
    bars = re.findall(r'<rect class="bar" x="([\d.-]+)" y="([\d.-]+)" width="([\d.]+)" height="([\d.]+)"', drawn)
    assert len(bars) == days
    assert all(0 <= float(x) <= 640 - float(width) for x, _, width, _ in bars)
    assert all(0 <= float(y) <= 180 - float(height) for _, y, _, height in bars)
