"""
Figures that documents show are computed: a block below `<!-- computed: NAME -->` is what the planner says today.

After a change of prices or words `python -m tests.planner.test_documented_figures` writes them anew; read the difference.
"""

from __future__ import annotations

import html
import re
import tempfile
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from glimpse.planner.bill import Bill
from glimpse.planner.differences.causes import Difference, difference_of
from glimpse.planner.differences.limits import limits_of
from glimpse.planner.differences.markdown import difference_markdown
from glimpse.planner.differences.snapshots import snapshot_of
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.outside import workload_files
from glimpse.words import Words
from glimpse.words.wrapping import columns
from tests.conftest import REPOSITORY, estimator_for, read_stack

EXPLANATION = REPOSITORY / "docs/explanation/from-infracost.md"
EXAMPLE = REPOSITORY / "examples/fargate_shop"
COMPUTED = re.compile(r"(<!-- computed: (\w+) -->\n```\n)(.*?)(```\n)", re.DOTALL)
PAGES = [
    REPOSITORY / f"docs/{page}{suffix}"
    for page in ("explanation/from-infracost", "how-to/diff-in-a-pull-request")
    for suffix in (".md", ".ko.md")
]


def language(page: Path) -> str:
    return "ko" if page.name.endswith(".ko.md") else "en"


def bill_of(folder: Path) -> Bill:
    stack = read_stack(folder)
    return estimator_for(stack.region, workload_files.workload_beside(folder, None)).bill(stack)


def bill(page: Path) -> str:
    """The lines of the stack that the explanation shows, at 3,000 open connections."""
    [terraform] = re.findall(r"```hcl\n(.*?)```", EXPLANATION.read_text(), re.DOTALL)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "main.tf").write_text(terraform)
        (folder / "glimpse.toml").write_text('[usage."aws_lb.chat"]\nactive_connections = 3000\n')
        made = bill_of(folder)
    rows = [
        (line.meter.component, decimal_text(line.quantity.expected, 4), line.meter.unit, usd_text(line.monthly))
        for line in sorted(made.lines, key=lambda line: line.meter.sku.service)
        if line.quantity is not None
    ]
    words = Words(language(page))
    rows.append((f"{words('ui_total')}, {words('before_usage')}", "", "", usd_text(made.monthly)))
    return "".join(
        f"{name}{' ' * (28 - columns(name))}{quantity:>7} {unit:<10}{usd:>8}\n" for name, quantity, unit, usd in rows
    )


@cache
def larger_checkout() -> Difference:
    """The example with a checkout service of twice the size, compared with the example."""
    with tempfile.TemporaryDirectory() as name:
        after = Path(name)
        for source in EXAMPLE.rglob("*.tf"):
            target = after / source.relative_to(EXAMPLE)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(source.read_text())
        main = after / "main.tf"
        small, large = "checkout   = { cpu = 512, memory = 1024,", "checkout   = { cpu = 1024, memory = 2048,"
        assert small in main.read_text()
        main.write_text(main.read_text().replace(small, large))
        now = snapshot_of(bill_of(after), "examples/fargate_shop")
    return difference_of(snapshot_of(bill_of(EXAMPLE), "3f2c9d1"), now, None)


def comment(page: Path) -> str:
    """The comment of a pull request that doubles a service of the example, as a reader sees it."""
    limits = limits_of(larger_checkout(), None, Fraction(50))
    return as_read(difference_markdown(larger_checkout(), limits, Words(language(page))))


def as_read(markdown: str) -> str:
    """A comment without its marks: what a browser shows of it, the table in columns."""
    text = re.sub(r"<!--.*?-->\n|</?(?:code|details|b)>|</summary>", "", markdown).replace("<summary>", "▾ ")
    text = html.unescape(text).replace("**", "").replace("`", "").replace("<br>", " ")
    lines = [line for line in text.splitlines() if not line.startswith("|--")]
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    widths = [max(columns(row[column]) for row in table) for column in range(1, 4)]
    shown = []
    for line in lines:
        if line.startswith("|"):
            name, *figures = [cell.strip() for cell in line.strip("|").split("|")]
            cells = "  ".join(" " * (width - columns(text)) + text for text, width in zip(figures, widths, strict=True))
            shown.append(f"{cells}  {name}")
        else:
            shown.append(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(shown)).strip() + "\n"


BLOCKS: dict[str, Callable[[Path], str]] = {"bill": bill, "comment": comment}


def computed(page: Path) -> str:
    return COMPUTED.sub(lambda found: found[1] + BLOCKS[found[2]](page) + found[4], page.read_text())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_figures_of_a_document_are_those_that_are_computed(page: Path) -> None:
    assert COMPUTED.search(page.read_text())
    assert page.read_text() == computed(page), "run python -m tests.planner.test_documented_figures"


def test_what_the_explanation_says_of_its_example_is_so() -> None:
    shown = bill(EXPLANATION)
    assert re.search(r"Load balancer capacity units +730 LCU-hour +5\.84", shown)
    assert re.search(r"Public IPv4 address +1460 hour +7\.30", shown)
    assert re.search(r"Fargate Spot vCPU +182\.5 vCPU-hour", shown)


if __name__ == "__main__":
    for each in PAGES:
        each.write_text(computed(each))
