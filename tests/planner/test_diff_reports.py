"""What `glimpse diff` prints: for a terminal, a pull request and a test report, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from rich.cells import cell_len

from glimpse.planner.catalogue import Price, Tier
from glimpse.planner.differences.causes import Difference, difference_of
from glimpse.planner.differences.junit import difference_junit
from glimpse.planner.differences.limits import limits_of
from glimpse.planner.differences.markdown import MARKER, difference_markdown
from glimpse.planner.differences.snapshots import Charge, Gap, Snapshot
from glimpse.planner.differences.terminal import DifferenceReport
from glimpse.planner.finding import Finding
from glimpse.planner.meter import Origin
from glimpse.planner.money import cents
from glimpse.planner.report.terminal import report_text
from glimpse.planner.sentence import say
from glimpse.words import LANGUAGES, Words
from tests.conftest import SEOUL

ENGLISH = Words("en")
HOSTILE = 'module.a["x|y<b>@team</b>`**[l](http://x)\n$HOME$\u202e\u0007\x00]]>&"].aws_x.y_'
HANGUL = re.compile("[가-힣]")


def charge(
    address: str, quantity: int | None, rate: str = "0.5", component: str = "Hours", file: str | None = "main.tf"
) -> Charge:
    price = Price(f"{SEOUL}/x", "S", "k", {}, "on_demand", "hour", (Tier(Fraction(0), Fraction(rate)),), "", "", "high")
    amount = None if quantity is None else Fraction(quantity)
    monthly = None if amount is None else cents(price.charge(amount))
    needs = say("needs_usage", keys="monthly_gb") if quantity is None else None
    return Charge(
        Origin(address, file, 3), component, "S", "hour", "on_demand", amount, price, monthly, quantity is None, needs
    )  # fmt: skip


def side(*charges: Charge, gaps: tuple[Gap, ...] = (), name: str = "infra/prod") -> Snapshot:
    total = sum((row.monthly or Fraction(0) for row in charges), Fraction(0))
    return Snapshot(name, SEOUL, "c", False, charges, gaps, bool(gaps), total)


def difference(before: Snapshot, after: Snapshot) -> Difference:
    return difference_of(before, after, None)


def markdown(found: Difference, words: Words = ENGLISH, **limits: Fraction | None) -> str:
    given = {"max_usd": None, "max_increase": None, **limits}
    return difference_markdown(found, limits_of(found, **given), words)


def small() -> Difference:
    before = side(charge("aws_x.changed", 10), charge("aws_x.gone", 4), charge("aws_x.same", 7), name="main:infra/prod")
    after = side(
        charge("aws_x.changed", 30), charge("aws_x.new", 8), charge("aws_x.new", None, component="Data"),
        charge("aws_x.same", 7), gaps=(Gap("aws_x.odd", "Hours", say("needs_quantity"), "main.tf", 9),),
    )  # fmt: skip
    return difference(replace(before, commit="0123456789abcdef"), after)


def test_a_comment_begins_with_its_marker_and_the_answer() -> None:
    first, second, *rest = markdown(small()).splitlines()
    assert first == MARKER
    assert second == "**+$12.00 a month in what is known: $10.50 → at least $22.50**"
    assert "aws_x.same" not in "\n".join(rest)
    folded = "\n".join(rest).partition("<details><summary>What changes")
    assert "aws_x.changed" in folded[2]
    assert "aws_x.changed" not in folded[0]


def test_nothing_changed_is_one_line() -> None:
    same = side(charge("aws_x.y", 10))
    assert markdown(difference(same, same)) == f"{MARKER}\nThe bill stays the same: $5.00 a month\n"


def test_most_tasks_are_said_where_only_they_change() -> None:
    same = side(charge("aws_x.y", 10))
    assert "up to $5.00 before, up to $90.00 after" in markdown(difference(same, replace(same, highest=Fraction(90))))


def test_a_budget_is_said_open_in_the_comment() -> None:
    text = markdown(small(), max_increase=Fraction(5))
    assert "- ❌ `--max-increase 5.00` exceeded by $7.00" in text
    assert "- ✅ `--max-usd 100.00`" in markdown(difference(side(), side(charge("a.b", 1))), max_usd=Fraction(100))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hostile_name_stays_text_in_a_comment(language: str) -> None:
    gap = Gap(HOSTILE, "Hours", say("text_of_bill", text=HOSTILE), HOSTILE, 1)
    found = difference(
        side(charge(HOSTILE, 1, component=HOSTILE), name=HOSTILE),
        side(charge(HOSTILE + "2", 2, component=HOSTILE, file=HOSTILE), gaps=(gap,)),
    )
    text = markdown(found, Words(language), max_usd=Fraction(1))
    outside_code = re.sub(r"<code>[^<]*</code>|</?(?:details|summary|sub|br)(?: open)?>|<!--.*-->", "", text)
    assert not re.search(r"[<>@\u202e\x00\x07]|\]\(|https?:/|\$HOME", outside_code)
    for line in text.splitlines():
        if line.startswith("|"):
            assert line.count("|") == 5


@pytest.mark.parametrize("count", [200, 5_000])
def test_a_comment_always_fits_and_says_how_many_more(count: int) -> None:
    long = "x" * 200
    gaps = tuple(Gap(f"aws_x.{long}{n}", "Hours", say("needs_quantity"), "main.tf", n) for n in range(count))
    moved = [charge(f"aws_y.old{long}{n}", n) for n in range(count)]
    after = [replace(row, origin=Origin(f"aws_y.new{long}{n}", "main.tf", 3)) for n, row in enumerate(moved)]
    new = [charge(f"aws_z.{long}{n}", n + 1) for n in range(count)]
    warnings = tuple(Finding(say("text_of_bill", text=f"{n} {long}")) for n in range(count))
    text = markdown(difference(side(*moved), replace(side(*after, *new, gaps=gaps), warnings=warnings)))
    assert len(text) < 65_536
    assert len(text.encode()) < 65_536
    assert len(re.findall(r"and \d+ more; \S*glimpse diff\S* shows them all", text)) == 4
    assert text.count("<details") == text.count("</details>") == 3


def test_a_kept_budget_passes_and_a_broken_one_fails_with_its_text() -> None:
    found = small()
    limits = limits_of(found, Fraction(1000), Fraction(5))
    suite = ElementTree.fromstring(difference_junit(found, limits, ENGLISH).partition("\n")[2])
    assert (suite.get("tests"), suite.get("failures")) == ("2", "2")
    increase, total = suite.findall("testcase")
    assert increase.get("name") == "--max-increase 5.00"
    failure = increase.find("failure")
    assert failure is not None
    assert failure.get("type") == "broken"
    assert "exceeded by $7.00" in (failure.get("message") or "")
    unknown = total.find("failure")
    assert unknown is not None
    assert unknown.get("type") == "unknown"
    assert "aws_x.odd" in (unknown.text or "")
    kept = limits_of(difference(side(), side(charge("a.b", 1))), Fraction(5), None)
    assert "<failure" not in difference_junit(difference(side(), side(charge("a.b", 1))), kept, ENGLISH)


def test_junit_is_xml_whatever_a_name_holds() -> None:
    gap = Gap(HOSTILE, "Hours", say("text_of_bill", text=HOSTILE), HOSTILE, 1)
    found = difference(side(name=HOSTILE), side(gaps=(gap,)))
    text = difference_junit(found, limits_of(found, Fraction(1), None), ENGLISH)
    assert ElementTree.fromstring(text.partition("\n")[2]).get("failures") == "1"


def test_without_a_budget_one_case_passes() -> None:
    suite = ElementTree.fromstring(difference_junit(small(), (), ENGLISH).partition("\n")[2])
    assert (suite.get("tests"), suite.get("failures")) == ("1", "0")
    assert "+$12.00 a month" in (suite.findtext("testcase/system-out") or "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [80, 140])
def test_a_terminal_s_report_keeps_its_width_and_its_language(language: str, width: int) -> None:
    found = small()
    limits = limits_of(found, Fraction(5), Fraction(5))
    text = report_text(Words(language), DifferenceReport, lambda report: report.diff(found, limits), width=width)
    wide = difference(side(), side(charge("aws_x." + "y" * 99, 10**14, component="가" * 99, file="f/" * 99)))
    text += report_text(Words(language), DifferenceReport, lambda report: report.diff(wide, ()), width=width)
    assert max(cell_len(line) for line in text.splitlines()) <= width
    assert bool(HANGUL.search(text.replace("가", ""))) == (language == "ko")
    assert "aws_x.same" not in text
    for said in ("10 → 30 hour", "+$10.00", "-$2.00", "0.5 USD", "main:infra/prod (0123456)"):
        assert said in text
