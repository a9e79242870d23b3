"""The whole report: its sections, asked one by one or all, at any width, without a word of another language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import pytest
from rich.cells import cell_len

from glimpse.planner import app
from glimpse.planner.finding import InputError
from glimpse.planner.money import decimal_text
from glimpse.planner.plan import Plan
from glimpse.planner.report.fragments import costs_nothing
from glimpse.planner.report.plan_terminal import PlanReport
from glimpse.planner.report.sections import SECTIONS, sections_asked
from glimpse.planner.report.terminal import MAX_WIDTH, MIN_WIDTH, TWO_COLUMNS, report_text, report_width
from glimpse.planner.scenarios import plan_of
from glimpse.planner.stack import Stack
from glimpse.planner.workload import Workload, unstated
from glimpse.words import LANGUAGES, Words
from tests.conftest import REPOSITORY, estimator_for, read_stack

WIDTHS = (MIN_WIDTH, 97, 120, TWO_COLUMNS, MAX_WIDTH)


@pytest.fixture(scope="module")
def plan(own_stack: Stack, own_workload: Workload) -> Plan:
    return plan_of(own_stack, estimator_for(workload=own_workload))


@pytest.fixture(scope="module")
def stranger() -> Plan:
    stack = read_stack(REPOSITORY / "examples/fargate_shop")
    return plan_of(stack, estimator_for(stack.region, unstated()))


def shown(plan: Plan, *sections: str, language: str = "en", width: int = MIN_WIDTH) -> str:
    arguments = (plan, plan.today.with_other_free_tier, None, sections or SECTIONS)
    return report_text(Words(language), PlanReport, lambda report: report.plan(*arguments), width=width)


def titles(report: str) -> list[str]:
    return re.findall(r"^(.+?) ──+$", report, re.MULTILINE)


def flat(report: str) -> str:
    return " ".join(report.split())


def packed(text: str) -> str:
    """Without spaces: a path that is longer than a line is broken anywhere."""
    return "".join(text.split())


# ---- Which sections


def test_the_whole_report_has_every_section_that_has_something_to_show_after_the_answers(plan: Plan) -> None:
    report = shown(plan)
    assert report.startswith(Words("en")("ui_now"))
    [first, *_, last] = titles(report)
    assert first == Words("en")("ui_risks")
    assert last == Words("en")("ui_prices_used", region="ap-northeast-2")
    # Nobody gave what was paid; the title of the workload holds a path, which may leave no room for a rule.
    assert len([title for title in titles(report) if not title.startswith("Workload")]) == len(SECTIONS) - 2
    assert Words("en")("no_paid") not in flat(report)


def test_sections_stand_in_the_order_asked_and_nothing_else_does(plan: Plan) -> None:
    report = shown(plan, "alarms", "scenarios")
    assert titles(report) == [Words("en")("ui_alarms"), Words("en")("ui_scenarios")]
    assert report.startswith(Words("en")("ui_alarms"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_section_with_nothing_to_show_says_so(stranger: Plan, language: str) -> None:
    for name in ("growth", "paid", "checks", "alarms", "claims"):
        assert flat(shown(stranger, name, language=language)) == Words(language)(f"no_{name}")


def test_a_section_named_twice_is_shown_once() -> None:
    assert sections_asked(False, ("steps", "Bill", "steps"), "terminal") == ("steps", "bill")
    assert sections_asked(True, (), "json") == SECTIONS
    assert sections_asked(False, (), "terminal") == ()


@pytest.mark.parametrize(
    ("full", "show", "report_format", "code", "params"),
    [
        (False, ("levrs",), "terminal", "section_unknown_near", {"name": "levrs", "near": "levers"}),
        (False, ("bill", "everything"), "terminal", "section_unknown", {"name": "everything"}),
        (True, ("bill",), "terminal", "show_beside_full", {}),
        (False, ("bill",), "json", "show_not_in_format", {"format": "json"}),
    ],
)
def test_what_cannot_be_shown_is_an_error_that_names_what_can(
    full: bool, show: Sequence[str], report_format: str, code: str, params: dict[str, str]
) -> None:
    with pytest.raises(InputError) as raised:
        sections_asked(full, show, report_format)
    assert raised.value.why.code == code
    assert params.items() <= raised.value.why.params.items()
    if "near" in params:
        assert "levers" in Words("en").render(raised.value.why)


# ---- The width


def test_a_report_is_as_wide_as_the_terminal_within_bounds() -> None:
    assert [report_width(columns) for columns in (None, 0, 40, 80, 133, 160, 500)] == [80, 80, 80, 80, 133, 160, 160]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_report_and_rules_fill_it(
    plan: Plan, stranger: Plan, width: int, language: str
) -> None:
    for each in (plan, stranger):
        lines = shown(each, language=language, width=width).splitlines()
        assert [line for line in lines if cell_len(line) > width] == []
        rules = [cell_len(line) for line in lines if line.endswith("──")]
        assert set(rules) == {width}


def test_a_wide_report_is_shorter_and_shows_the_same(plan: Plan) -> None:
    narrow, wide = shown(plan), shown(plan, width=MAX_WIDTH)
    assert len(wide.splitlines()) < 0.85 * len(narrow.splitlines())
    # A wide bill has one more column, and its head.
    letters = [Counter(re.sub(r"[\s─]", "", report)) for report in (narrow + "Where", wide)]
    assert letters[0] == letters[1]


def test_a_wide_bill_has_each_address_beside_its_lines(plan: Plan) -> None:
    [row] = [line for line in shown(plan, "bill", width=MAX_WIDTH).splitlines() if "aws_lb.this" in line]
    assert re.match(r"module\.balancer\S+  modules/balancer/main\.tf:\d+ +Application Load Balancer +730 hour", row)


def test_a_place_that_does_not_fit_beside_its_address_stands_below_it(plan: Plan) -> None:
    lines = shown(plan, "bill").splitlines()
    address = lines.index("module.elasticache.aws_elasticache_replication_group.this[0]")
    assert re.fullmatch(r"  modules/elasticache/main\.tf:\d+", lines[address + 1])


# ---- What a section says


@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_that_cost_nothing_are_one_line_and_usage_that_nobody_gave_keeps_its_rate(
    plan: Plan, stranger: Plan, language: str
) -> None:
    words, lines = Words(language), plan.today.bill.lines
    folded = [line for line in lines if costs_nothing(line)]
    assert len(folded) > 1
    report = flat(shown(plan, "bill", language=language))
    assert words("ui_zero_lines", count=len(folded)) in report
    for line in folded:
        assert re.search(rf"{re.escape(line.meter.component)}( \[[\d ]+\])?[,(\w\[\] ]*{re.escape('(')}", report)
    assert re.search(r"Secrets Manager API calls +– 10k requests +0\.05 +–", shown(stranger, "bill"))


def test_english_has_no_korean_but_quotations_of_the_document(plan: Plan, stranger: Plan) -> None:
    for report in (shown(plan), shown(stranger)):
        assert re.findall("[가-힣]+", re.sub("“[^”]*”", "", report)) == []
    for section in SECTIONS:
        quotes = re.search("[가-힣]", shown(plan, section)) is not None
        assert quotes == (section in ("checks", "alarms", "claims")), section


def test_every_price_of_the_bill_is_among_the_sources_whole(plan: Plan, stranger: Plan) -> None:
    for each in (plan, stranger):
        report = packed(shown(each, "sources"))
        for line in each.today.bill.lines:
            if line.price is None:
                continue
            assert line.price.as_of in report
            for part in line.price.source.split(" | "):
                assert packed(part) in report
            for tier in line.price.tiers:
                assert f"{decimal_text(tier.usd)}USD" in report
            for note in line.meter.assumes:
                assert packed(Words("en").render(note)) in report


def test_the_marks_of_a_bill_lead_to_the_sources_beside_it(plan: Plan) -> None:
    report = shown(plan, "bill", "sources")
    assert report.count(Words("en")("ui_assumed")) == 1
    assert Words("en")("ui_sources") not in report
    balancer = re.search(r"Application Load Balancer +730 hour +0\.0225 +16\.43 ([a-z]+)", report)
    assert balancer
    source = report.partition(Words("en")("ui_prices_used", region="ap-northeast-2"))[2].partition(
        f"\n{balancer[1]:>3} "
    )[2]
    assert "Application Load Balancer" in source.partition("\n  b ")[0]


def test_a_scenario_names_what_it_breaks_and_what_nobody_knows(plan: Plan) -> None:
    table = flat(shown(plan, "scenarios"))
    assert "breaks: WebSocket, minimum number of tasks, availability zones, the existing service code" in table
    assert not re.search(r"\b\d+/\d+\b", table)


def test_long_advice_is_never_cut(stranger: Plan) -> None:
    """A fact in a sentence is cut at 300 letters, a whole sentence is not."""
    risk = Words("en")("risk_ipv6_only")
    assert len(risk) > 300
    assert flat(risk) in flat(shown(stranger, "levers"))


def test_levers_alone_tell_where_and_how_of_the_recommended_ones_too(stranger: Plan) -> None:
    elsewhere = Words("en")("ui_see_steps", lever="valkey_node")
    assert elsewhere not in shown(stranger, "levers")
    assert elsewhere in shown(stranger, "steps", "levers")


def test_totals_are_those_of_the_plan(plan: Plan) -> None:
    report = shown(plan, "bill", width=MAX_WIDTH)
    [total] = re.findall(r"^Total +(\d+\.\d\d)$", report, re.MULTILINE)
    assert Fraction(total) == plan.today.bill.monthly


@pytest.mark.parametrize(("columns", "width"), [("", 80), ("120", 120), ("9" * 5000, 80), ("-1", 80), ("20", 80)])
def test_a_pipe_gets_80_columns_or_what_is_stated(
    columns: str, width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    app.run("bill", app.Options(Words("en"), path=REPOSITORY / "tests/trees/storage_classes"))
    assert {cell_len(line) for line in capsys.readouterr().out.splitlines() if line.endswith("──")} == {width}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_of_the_prices_fills_the_width_that_is_stated(
    language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for columns in (80, 120):
        monkeypatch.setenv("COLUMNS", str(columns))
        app.run("prices", app.Options(Words(language), region="ap-northeast-2"))
        assert columns - 15 < max(map(cell_len, capsys.readouterr().out.splitlines())) <= columns
