"""The short report fits on a screen, answers a stranger's questions first, and hides nothing that costs or breaks."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest
from rich.cells import cell_len, set_cell_size

from glimpse.planner.estimate import least
from glimpse.planner.levers import LEVERS
from glimpse.planner.money import usd_text
from glimpse.planner.outside import workload_files
from glimpse.planner.plan import Plan
from glimpse.planner.promises import PROMISE_NAMES
from glimpse.planner.report.overview import overview_of
from glimpse.planner.report.plan_json import plan_as_json
from glimpse.planner.report.plan_summary import KEPT_FIRST, answers_of
from glimpse.planner.report.short_fragments import fit_end
from glimpse.planner.report.short_markdown import short_markdown
from glimpse.planner.report.short_terminal import ShortReport
from glimpse.planner.report.terminal import report_text
from glimpse.planner.scenarios import plan_of
from glimpse.planner.workload import Promises, Workload, unstated
from glimpse.words import LANGUAGES, Words, codes
from tests.conftest import OWN, REPOSITORY, estimator_for, read_stack

Write = Callable[..., Path]
EXAMPLES = sorted(path.parent for path in (REPOSITORY / "examples").glob("*/main.tf"))
TREES = sorted(path.parent for path in (REPOSITORY / "tests/trees").glob("*/main.tf"))
WIDTHS = (80, 109, 110, 139, 160)
HANGUL = re.compile("[가-힣]")
COMMAND = "glimpse plan somewhere"


def plan_at(folder: Path, workload: Workload | None = None) -> Plan:
    stack = read_stack(folder)
    estimator = estimator_for(stack.region, workload or workload_files.workload_beside(folder, None))
    return plan_of(least(stack, estimator), estimator)


cached_plan = cache(plan_at)


def short(plan: Plan, language: str = "en", width: int = 80, colour: bool = False) -> str:
    return report_text(
        Words(language), ShortReport, lambda report: report.short(plan, COMMAND), width=width, colour=colour
    )


def answers(report: str) -> dict[str, str]:
    """The answers by their labels."""
    found: dict[str, str] = {}
    for line in itertools.takewhile(str.strip, report.splitlines()):
        if line.startswith(" "):
            found[list(found)[-1]] += " " + line.strip()
        else:
            label = set_cell_size(line, 11).rstrip()
            found[label] = line.removeprefix(label).strip()
    return found


def fits(plan: Plan) -> None:
    for language, width in itertools.product(LANGUAGES, WIDTHS):
        report = short(plan, language, width).rstrip("\n")
        lines = report.split("\n")
        assert len(lines) <= 40, f"{language} {width}\n{report}"
        assert [line for line in lines if cell_len(line) > width] == []
        assert lines[-1].strip()


# ---- It fits


@pytest.mark.parametrize("folder", [OWN, *EXAMPLES, *TREES], ids=lambda path: path.name)
def test_it_has_at_most_40_lines_at_every_width_in_both_languages(folder: Path) -> None:
    fits(cached_plan(folder))


LONG = "a" * 290
CROWDED: Mapping[str, str] = {
    "nothing": "",
    "only free resources": 'resource "aws_iam_user" "u" {\n  name = "u"\n}\n',
    "nothing that could be read": 'module "m" {\n  source = "./gone"\n}\n',
    "many variables without a value": "".join(
        f'variable "v{n}" {{}}\nresource "aws_ebs_volume" "v{n}" {{\n  type = "gp3"\n  size = var.v{n}\n}}\n'
        for n in range(30)
    ),
    "many kinds of gaps": "".join(f'resource "aws_mystery_{chr(97 + n)}" "x" {{}}\n' for n in range(25)),
    "long names": f'resource "aws_eip" "{LONG}" {{}}\nmodule "{LONG}" {{\n  source = "./{LONG}"\n}}\n',
    "amounts of many digits": 'resource "aws_dynamodb_table" "t" {\n  name = "t"\n  billing_mode = "PROVISIONED"\n'
    "  read_capacity = 999999999\n  write_capacity = 999999999\n}\n",
    "many components": "".join(
        f'resource "aws_instance" "i{n}" {{\n  ami = "ami-1"\n  instance_type = "{kind}"\n}}\n'
        for n, kind in enumerate(("m4.large", "m5.large", "c5.large", "r5.large", "t3.micro", "t2.small", "m3.medium"))
    ),
}


@pytest.mark.parametrize("main", CROWDED.values(), ids=CROWDED.keys())
def test_it_fits_whatever_the_files_hold(write_stack: Write, main: str) -> None:
    fits(plan_at(write_stack(main)))


@pytest.mark.parametrize("folder", [OWN, *EXAMPLES], ids=lambda path: path.name)
def test_what_does_not_fit_is_counted_and_the_section_with_it_is_named(folder: Path) -> None:
    plan = cached_plan(folder)
    for width in WIDTHS:
        report = short(plan, "en", width)
        shown = sum(f"\n{Words('en')(f'lever_{step.lever.name}')[:20]}" in f"\n{report}" for step in plan.waterfall)
        more = re.search(r"(one|\d+) more(?: against risks)?: --show levers", report)
        if width < 110 and shown < len(plan.waterfall):
            assert more
            assert shown + (1 if more[1] == "one" else int(more[1])) == len(plan.waterfall)


# ---- It answers


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", [OWN, *EXAMPLES, *TREES], ids=lambda path: path.name)
def test_the_five_questions_are_answered_first_and_in_order(folder: Path, language: str) -> None:
    words = Words(language)
    labels = [words(f"ui_answer_{name}") for name in ("cost", "advice", "loss", "unknown", "sources")]
    found = answers(short(cached_plan(folder), language))
    assert [label for label in found if label in labels] == labels
    assert all(text.strip() for text in found.values())


def test_our_stack_says_what_it_costs_what_to_do_what_is_lost_and_what_is_not_known() -> None:
    found = answers(short(cached_plan(OWN)))
    assert found["Costs now"].startswith("$87.20 a month in ap-northeast-2; up to $186.67")
    assert "Make the 8 changes below (scenario best). That comes to $54.61 a month, $32.59 (37.4 %) less" in found["Do"]
    assert "Kept: WebSocket, the database engine, 4 more. Expect: " in found["You lose"]
    assert "$7.26" in found["Optional"]
    assert "The changes fix 2 of them" in found["Risks now"]
    assert found["Not known"] == "How often AWS takes Spot capacity back"
    assert re.match(r"\d+ AWS list prices for ap-northeast-2, dated 20\d\d-", found["Prices"])


def test_what_is_lost_is_short_and_what_more_could_be_saved_is_an_answer_of_its_own() -> None:
    lost = short(cached_plan(OWN)).partition("\nYou lose")[2].partition("\nOptional")[0]
    assert lost.count("\n") < 3
    assert "saves more" not in lost
    assert "2 more. Kept:" in lost.replace("\n           ", " ")


def test_the_answers_name_no_catalogue_and_no_option_that_a_page_does_not_have() -> None:
    for folder in (OWN, *EXAMPLES):
        for answer in answers_of(overview_of(cached_plan(folder))):
            assert not re.search(r"aws-list-prices|--show|--full", answer.text(Words("en")))


def test_changes_that_are_left_out_say_what_they_are_for_if_they_save_nothing() -> None:
    assert re.search(r"\n3 more against risks: --show levers +0\.00\n", short(cached_plan(OWN)))


def test_what_is_not_counted_is_told_whole_where_there_is_room() -> None:
    report = short(cached_plan(REPOSITORY / "tests/cases/nat_gateway"))
    gaps = report.partition("Not counted in the total")[2]
    assert "…" not in gaps
    assert "so the number of its zones is unknown" in gaps


def test_a_risk_that_is_gone_with_the_changes_counts_as_fixed() -> None:
    site = cached_plan(REPOSITORY / "examples/web_site")
    # Extended support ends with the newer engine, and the storage may grow.
    assert "The changes fix 2 of them" in answers(short(site))["Risks now"]


def test_a_step_saves_what_its_step_of_the_waterfall_saves() -> None:
    plan = cached_plan(OWN)
    page = short_markdown(plan, COMMAND, Words("en"))
    saved = re.findall(r"^- \[ \] .*\(saves \$(\d+\.\d\d) a month\)$", page, re.MULTILINE)
    assert sorted(saved) == sorted(usd_text(step.usd) for step in plan.waterfall if step.usd)


def test_a_stranger_reads_no_scores_and_no_zeros() -> None:
    for folder in (OWN, *EXAMPLES):
        report = short(cached_plan(folder))
        assert not re.search(r"\b\d+/\d+\b", report)
        assert not re.search(r"\b0 (unpriced|unresolved|parts)", report)


def test_every_promise_that_can_be_kept_has_a_name_for_what_is_kept() -> None:
    assert set(KEPT_FIRST) == PROMISE_NAMES
    assert {f"keeps_{name}" for name in PROMISE_NAMES} <= codes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_each_change_asks_for_fits_its_column(language: str) -> None:
    long = {name: Words(language)(f"loses_{name}") for name in LEVERS}
    assert {name: text for name, text in long.items() if cell_len(text) > 34} == {}


def test_a_total_without_the_usage_or_with_gaps_says_so() -> None:
    shop = answers(short(cached_plan(REPOSITORY / "examples/fargate_shop")))
    assert "at least $2095.43 a month" in shop["Costs now"]
    assert "one part is not counted" in shop["Costs now"]
    assert "Before usage: traffic, requests and storage come on top" in shop["Costs now"]
    assert "at least $647.36 less (30.9 % of what is known)" in shop["Do"]
    assert "The price of one part: Database storage gp2" in shop["Not known"]
    site = short(cached_plan(REPOSITORY / "examples/web_site"))
    assert re.search(r"\ntoday +█+. ≥ 1045\.29\n", site)


def test_changes_that_save_no_money_are_a_table_without_a_waterfall() -> None:
    report = short(cached_plan(REPOSITORY / "examples/serverless_api"))
    assert "It saves no money, and prevents charges or failures" in answers(report)["Do"]
    assert "The changes, USD saved a month" in report
    assert "recommended" not in report


def test_a_stack_without_advice_has_only_its_bill() -> None:
    report = short(cached_plan(REPOSITORY / "tests/trees/counts_across_modules"))
    assert answers(report)["You lose"].startswith("Nothing: no change is advised")
    assert "Today →" not in report
    assert "The bill by component" in report


def test_a_choice_shows_what_each_value_costs() -> None:
    found = answers(short(cached_plan(REPOSITORY / "tests/trees/a_variable_decides")))
    assert "production: $734.68; staging: $47.63" in found["Not given"]
    assert "$1.82 to $734.68 a month" in found["Costs now"]
    assert "This is advice for the case that costs least" in found["Do"]
    assert found["Not known"] == "The value of one variable: environment"


def test_a_promise_that_the_stack_breaks_is_told_with_its_reason(write_stack: Write) -> None:
    postgresql = replace(unstated(), promises=Promises(database="postgresql"))
    main = 'resource "aws_db_instance" "d" {\n  engine = "mysql"\n  instance_class = "db.t4g.micro"\n}\n'
    plan = plan_at(write_stack(main), postgresql)
    assert 'glimpse.toml promises "database", and the stack breaks it:' in answers(short(plan))["Broken now"]
    assert "MySQL" in answers(short(plan))["Broken now"]
    assert "\x1b[31m" in short(plan, colour=True)


def test_variables_without_a_value_are_named_up_to_two_and_then_counted(write_stack: Write) -> None:
    report = short(plan_at(write_stack(CROWDED["many variables without a value"])))
    assert len(re.findall("^Not given", report, re.MULTILINE)) == 3
    assert "28 more variables that decide a figure: --show bill" in report


def test_the_command_for_more_is_the_one_that_was_given() -> None:
    for folder in (OWN, *TREES):
        assert f"\nMore: {COMMAND} --full; " in short(cached_plan(folder))


# ---- It draws


def test_the_printed_steps_add_up_to_the_printed_saving() -> None:
    for folder in (OWN, *EXAMPLES):
        plan = cached_plan(folder)
        assert plan.recommended
        if not plan.recommended.saving.usd:
            continue
        for width in WIDTHS:
            chart = short(plan, "en", width).partition("Today →")[2].partition("recommended ")[0].splitlines()
            # The first amount is that of today.
            _, *amounts = re.findall(r"[█▏▎▍▌▋▊▉] +(?:≥ )?(-?\d+\.\d\d)$", "\n".join(chart), re.MULTILINE)
            assert -sum(map(Fraction, amounts)) == plan.recommended.saving.usd, (folder, width)


def test_a_longer_bar_is_a_larger_amount() -> None:
    for folder in (OWN, *EXAMPLES):
        report = short(cached_plan(folder))
        bill = report.partition("The bill by component")[2].partition("─\n")[2].split("─")[0]
        rows = re.findall(r"(█+)[▏▎▍▌▋▊▉]? +(\d+\.\d\d) +(?:\d+|<1) %", bill)
        assert len({bar for bar, _ in rows}) >= 3
        for (bar, amount), (other, less) in itertools.combinations(rows, 2):
            assert (len(bar) >= len(other)) == (Fraction(amount) >= Fraction(less)) or len(bar) == len(other)


def test_the_smallest_saving_still_shows(write_stack: Write) -> None:
    big = 'resource "aws_instance" "big" {\n  ami = "ami-1"\n  instance_type = "m5.24xlarge"\n}\n'
    small = 'resource "aws_ebs_volume" "s" {\n  availability_zone = "x"\n  type = "gp2"\n  size = 1\n}\n'
    used = 'resource "aws_volume_attachment" "s" {\n  device_name = "/dev/sdf"\n  volume_id = aws_ebs_volume.s.id\n'
    plan = plan_at(write_stack(f"{big}{small}{used}  instance_id = aws_instance.big.id\n}}\n"))
    assert 0 < plan.waterfall[-1].usd < Fraction("0.1")
    assert "($0.02 (<0.1 %) less" in f"({answers(short(plan))['Do'].partition('a month, ')[2]}"
    for width in WIDTHS:
        assert re.search(r"▏ +-0\.02", short(plan, "en", width))


def test_colours_are_for_a_terminal() -> None:
    plan = cached_plan(OWN)
    assert "\x1b" not in short(plan)
    assert "\x1b" in short(plan, colour=True)


def test_names_from_files_cannot_style_or_move_what_a_terminal_shows(write_stack: Write) -> None:
    hostile = "\\u001b[31m[bold]\\u202e"
    resource = f'resource "aws_eip" "a" {{\n  for_each = toset(["{hostile}"])\n}}\n'
    plan = plan_at(write_stack(f'{resource}module "m" {{\n  source = "./{hostile}"\n}}\n'))
    for language, width in itertools.product(LANGUAGES, WIDTHS):
        shown = short(plan, language, width)
        assert "\x1b" not in shown
        assert "\u202e" not in shown


# ---- Both languages


def test_english_has_no_korean_and_both_languages_have_the_same_answers() -> None:
    for folder in (OWN, *EXAMPLES):
        plan = cached_plan(folder)
        assert not HANGUL.search(short(plan))
        assert HANGUL.search(short(plan, "ko"))
        money = [re.findall(r"\$\d+\.\d\d", " ".join(answers(short(plan, each)).values())) for each in LANGUAGES]
        assert sorted(money[0]) == sorted(money[1])


# ---- The other formats


def test_the_json_has_the_answers_of_the_terminal_with_codes() -> None:
    plan = cached_plan(REPOSITORY / "examples/fargate_shop")
    document = plan_as_json(plan, Words("en"))
    told = {answer["question"]: answer for answer in document["summary"]}
    assert [*told] == ["cost", "advice", "loss", "offers", "risks", "unknown", "sources"]
    for answer in answers_of(overview_of(plan)):
        assert told[answer.question]["text"] == answer.text(Words("en"))
    assert told["loss"]["statements"][0] == {"code": "loss_nothing", "text": "Nothing that the stack has today"}
    kept = told["loss"]["statements"][1]
    assert (kept["code"], kept["items"][0]["code"]) == ("loss_kept", "keeps_database")


def test_the_json_has_the_waterfall_and_the_gaps() -> None:
    plan = cached_plan(REPOSITORY / "examples/fargate_shop")
    document = plan_as_json(plan, Words("ko"))
    steps = document["waterfall"]
    assert steps[0]["before_usd"] == document["today"]["monthly_usd"]
    assert sum(Fraction(step["saving_usd"]) for step in steps) == Fraction("647.36")
    [gap] = document["gaps"]
    assert (gap["type"], gap["count"], gap["is_unpriced"]) == ("aws_db_instance", 1, True)


def cells(line: str) -> int:
    return len(re.findall(r"(?<!\\)\|", line))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_markdown_has_the_same_answers_bars_and_changes(language: str) -> None:
    words = Words(language)
    for folder in (OWN, *EXAMPLES):
        plan = cached_plan(folder)
        page = short_markdown(plan, COMMAND, words)
        for label in answers(short(plan, language)):
            assert f"- **{label}:** " in page
        tables = [
            list(rows) for is_row, rows in groupby(page.splitlines(), lambda line: line.startswith("|")) if is_row
        ]
        for table in tables:
            assert {cells(row) for row in table} == {cells(table[0])}
        for row in overview_of(plan).changes:
            assert words(f"lever_{row.lever.name}").split(",")[0] in page
        assert plan.recommended
        assert usd_text(plan.recommended.monthly) in page
        assert page.count("<details>") == page.count("</details>")
        assert f"{COMMAND} --full" in page


@pytest.mark.parametrize(
    ("width", "shown"),
    [(20, "modules/가/main.tf:5"), (13, "…가/main.tf:5"), (12, "…/main.tf:5"), (1, "…"), (0, "…"), (-3, "…")],
)
def test_a_place_without_room_keeps_its_end_and_ends(width: int, shown: str) -> None:
    assert fit_end("modules/가/main.tf:5", width) == shown


def test_a_name_from_a_file_is_harmless_in_the_markdown(write_stack: Write) -> None:
    hostile = "x|[a](http://evil.example)<b>@someone#1`*_y_* www.evil.example"
    resource = f'resource "aws_eip" "a" {{\n  for_each = toset(["{hostile}"])\n}}\n'
    plan = plan_at(write_stack(f'{resource}module "m" {{\n  source = "./{hostile}"\n}}\n'))
    page = short_markdown(plan, COMMAND, Words("en"))
    for live in ("[a]", "<b>", "http://", "www.evil", "@someone", "someone#1", "*_y", "x|"):
        assert live not in page, live
