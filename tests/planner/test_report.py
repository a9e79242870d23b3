"""The report fits a terminal in both languages, answers first, and keeps what scripts rely on."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import pytest
from rich.cells import cell_len

from glimpse.planner.estimate import least
from glimpse.planner.meter import Origin
from glimpse.planner.money import usd_text
from glimpse.planner.plan import Effect, Plan
from glimpse.planner.report.arguments import argument_of
from glimpse.planner.report.bill_json import bill_as_json
from glimpse.planner.report.fragments import costs_nothing
from glimpse.planner.report.markdown import bill_markdown
from glimpse.planner.report.plan_json import plan_as_json
from glimpse.planner.report.plan_markdown import plan_markdown
from glimpse.planner.report.plan_terminal import PlanReport
from glimpse.planner.report.terminal import report_text
from glimpse.planner.saving import BreakEven, Saving
from glimpse.planner.scenarios import plan_of
from glimpse.planner.stack import Stack
from glimpse.planner.workload import Promises, Workload, unstated
from glimpse.words import LANGUAGES, Words
from tests.conftest import REPOSITORY, estimator_for, read_stack

Write = Callable[..., Path]
DESIGNS = sorted(path.parent for path in (REPOSITORY / "examples").glob("*/main.tf"))


@pytest.fixture(scope="module")
def plan(own_stack: Stack, own_workload: Workload) -> Plan:
    return plan_of(own_stack, estimator_for(workload=own_workload))


def text(plan: Plan, language: str = "en") -> str:
    return report_text(Words(language), PlanReport, lambda report: report.plan(plan, plan.today.with_other_free_tier))


def plan_at(folder: Path, workload: Workload | None = None) -> Plan:
    """The plan of a stack without a workload, unless one is given."""
    stack = read_stack(folder)
    return plan_of(stack, estimator_for(stack.region, workload or unstated()))


def answers_of(report: str) -> list[str]:
    """What the report begins with, a paragraph for each label."""
    paragraphs: list[str] = []
    for line in itertools.takewhile(str.strip, report.splitlines()):
        if line.startswith(" "):
            paragraphs[-1] += " " + line.strip()
        else:
            paragraphs.append(line)
    return paragraphs


def section(report: str, title: str) -> str:
    """One part of the report, without its title."""
    _, _, rest = report.partition(f"\n{title} ─")
    return rest.partition("\n")[2].split(" ──")[0]


def flat(report: str) -> str:
    return " ".join(report.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_is_wider_than_80_columns(plan: Plan, language: str) -> None:
    assert [line for line in text(plan, language).splitlines() if cell_len(line) > 80] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
def test_the_report_of_a_stranger_fits_80_columns_and_counts_no_single_one(design: Path, language: str) -> None:
    report = text(plan_at(design), language)
    assert [line for line in report.splitlines() if cell_len(line) > 80] == []
    assert not re.search(r"\band 1 (more|other)|외 1(곳|가지)", report)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_begins_with_cost_action_saving_risk_and_doubt(plan: Plan, language: str) -> None:
    words = Words(language)
    first = answers_of(text(plan, language))[:6]
    for answer, name in zip(first, ("cost", "advice", "loss", "offers", "risks", "unknown"), strict=True):
        assert answer.startswith(words(f"ui_answer_{name}"))
    assert "87.20" in first[0]
    assert "best" in first[1]
    assert words("lever_bus_postgresql") in first[1]
    assert "$32.59" in first[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_printed_lines_add_up_to_the_printed_total(plan: Plan, language: str) -> None:
    body = section(text(plan, language), Words(language)("ui_bill", name="startup-prod"))
    rows = re.findall(r"^  \S.* (\d+\.\d\d)(?: [a-z]+)?(?: \d+)*$", body, re.MULTILINE)
    [total] = re.findall(rf"^{Words(language)('ui_total')} +(\d+\.\d\d)$", body, re.MULTILINE)
    # The other lines cost nothing, and stand in one.
    assert len(rows) == sum(not costs_nothing(line) for line in plan.today.bill.lines) < len(plan.today.bill.lines)
    assert sum(Fraction(row) for row in rows) == Fraction(total)


def test_both_languages_show_the_same_figures(plan: Plan) -> None:
    money = [re.findall(r"\d+\.\d\d", text(plan, language)) for language in LANGUAGES]
    assert sorted(money[0]) == sorted(money[1])


def test_names_from_files_cannot_style_or_move_what_a_terminal_shows(write_stack: Write) -> None:
    hostile = "\\u001b[31m[bold]\\u202e"
    stack = read_stack(
        write_stack(
            f'resource "aws_eip" "a" {{\n  for_each = toset(["{hostile}"])\n}}\nmodule "m" {{\n  source = "./{hostile}"\n}}\n'
        )
    )
    plan = plan_of(stack, estimator_for())
    for language in LANGUAGES:
        shown = text(plan, language)
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "[bold]" in shown
    document = json.dumps(
        bill_as_json(plan.today.bill, plan.today.with_other_free_tier, Words("en")), ensure_ascii=False
    )
    assert "\u202e" not in document


def test_the_bill_document_keeps_its_promises(plan: Plan) -> None:
    document = bill_as_json(plan.today.bill, plan.today.with_other_free_tier, Words("en"))
    assert document["schema"] == "glimpse.bill/1"
    assert document["monthly_usd"] == str(document["monthly_usd"]) == "87.20"
    assert Fraction(document["monthly_usd"]) == sum(Fraction(line["monthly_usd"]) for line in document["lines"])
    assert sum(Fraction(amount) for amount in document["by_service"].values()) == Fraction("87.20")
    assert Fraction(document["monthly_usd_free_tier"]) < Fraction(document["monthly_usd"])
    [spot] = [line for line in document["lines"] if line["id"] == "module.ecs.aws_ecs_service.this/fargate-spot-vcpu"]
    assert spot["service"] == "AmazonECS"
    assert (spot["component"], spot["term"], spot["unit"]) == ("Fargate Spot vCPU", "spot", "vCPU-hour")
    assert (spot["quantity"], spot["unit_usd"], spot["monthly_usd"]) == ("182.5", "0.013968", "2.55")
    assert spot["as_of"] == "2026-09-29"
    assert spot["confidence"] == "medium"
    assert {"code", "params", "text"} <= set(spot["assumes"][0])
    assert spot["file"] == "modules/ecs/main.tf"
    assert "unpriced" not in document  # empty fields are left out


def test_the_plan_document_keeps_its_promises(plan: Plan) -> None:
    document = plan_as_json(plan, Words("ko"))
    assert document["schema"] == "glimpse.plan/1"
    assert document["recommended"] == "best"
    assert [scenario["name"] for scenario in document["scenarios"]] == [
        "today", "extreme", "balanced", "serverless", "phase6", "best",
    ]  # fmt: skip
    assert document["search"]["best"] == {
        "levers": ["bus_postgresql", "presigned_uploads", "ipv6_only", "cloudfront_ingress", "parameters"],
        "monthly_usd": "54.61",
    }
    assert {"name": "min_tasks", "value": 2, "from": "stated"} in document["promises"]
    assert {
        "name": "zones", "value": 2, "from": "stack", "address": "module.balancer[0].aws_lb.this",
    } in document["promises"]  # fmt: skip
    assert "ipv4_egress" in document["may_give_up"]
    [secrets] = [lever for lever in document["scenarios"][5]["levers"] if lever["name"] == "parameters"]
    assert (secrets["group"], secrets["gives_up"]) == ("gives_up", "secrets_manager")
    assert secrets["saves_alone"] == {"usd": "0.40"}
    assert secrets["places"][0] == {
        "address": "module.secrets.aws_secretsmanager_secret.jwt[0]", "file": "modules/secrets/main.tf", "line": 4,
        "saves": {"usd": "0.40"},
    }  # fmt: skip
    [bus] = [lever for lever in document["levers"] if lever["name"] == "bus_postgresql"]
    assert bus["requires"] == "glimpse"
    assert {row["store"] for row in document["growth"]} == {"database", "files"}
    assert document["risks"][0]["mended_by"] == "pool_size"
    assert "pool_does_not_fit" not in {risk["code"] for risk in document["scenarios"][5].get("risks", [])}
    assert [row["promise"] for row in document["scenarios"][4]["verdicts"] if row["verdict"] == "broken"] == [
        "no_commitment"
    ]
    assert document["scenarios"][4]["commitments"] == [
        {"address": "module.rds.aws_db_instance.this", "term": "reserved_1yr_no_upfront"}
    ]
    extreme = document["scenarios"][1]
    assert (extreme["rank"], extreme["monthly_usd"], extreme["at_least"]) == (2, "65.59", False)
    assert extreme["document"]["monthly_usd"] == {"min": "40", "max": "46"}
    balanced = document["scenarios"][2]
    assert (balanced["saving_usd"], balanced["saving_percent"]) == ("0.00", "0")
    assert {lever["implemented"] for lever in balanced["levers"]} == {"terraform", "both"}
    assert {row["verdict"] for row in balanced["verdicts"]} == {"kept"}
    assert balanced["websocket"] == "yes"
    claim = next(row for row in document["claims"] if row["id"] == "interruption")
    assert claim["verdict"] == "unknown"
    assert "computed" not in claim
    assert claim["claimed"] == {"min": "3", "max": "5", "unit": "percent"}


def test_codes_do_not_depend_on_the_language(plan: Plan) -> None:
    def stripped(value: object) -> object:
        if isinstance(value, dict):
            return {key: stripped(item) for key, item in value.items() if key != "text"}
        return [stripped(item) for item in value] if isinstance(value, list) else value

    assert stripped(plan_as_json(plan, Words("en"))) == stripped(plan_as_json(plan, Words("ko")))


# ---- For somebody whose stack nobody here knows

OLD_DISKS = """
resource "aws_ebs_volume" "data" {
  count             = 6
  availability_zone = "ap-northeast-2a"
  type              = "gp2"
  size              = 100
}

resource "aws_instance" "worker" {
  ami           = "ami-1"
  instance_type = "m5.large"

  root_block_device {
    volume_type = "gp3"
    volume_size = 20
  }
}

resource "aws_volume_attachment" "data" {
  count       = 6
  device_name = "/dev/sd${substr("fghijk", count.index, 1)}"
  volume_id   = aws_ebs_volume.data[count.index].id
  instance_id = aws_instance.worker.id
}
"""
SECRET = 'resource "aws_secretsmanager_secret" "key" {}\n'


def test_a_stranger_reads_what_to_change_where_how_and_what_it_saves(write_stack: Write) -> None:
    report = text(plan_at(write_stack(OLD_DISKS)))
    _, do, *_ = answers_of(report)
    saves = "That comes to $146.33 a month, $13.68 (8.5 %) less"
    assert do == f"Do         Make one change: {Words('en')('lever_gp3')}. {saves}"
    steps = section(report, "Steps to best")
    assert f"- {Words('en')('lever_gp3')}: saves $13.68 a month" in steps
    assert "    aws_ebs_volume.data[5]  main.tf:5: type gp2 → gp3" in steps.splitlines()
    assert flat(Words("en")("how_gp3")) in flat(steps)
    assert flat(Words("en")("risk_gp3")) in flat(steps)


def test_what_stands_in_the_steps_is_not_told_again_among_the_levers(write_stack: Write) -> None:
    report = text(plan_at(write_stack(OLD_DISKS)))
    assert flat(report).count(flat(Words("en")("how_gp3"))) == 1
    assert Words("en")("ui_see_steps", lever="gp3") in section(report, Words("en")("ui_levers"))


def test_a_stranger_meets_no_rank_no_websocket_and_no_sla(write_stack: Write) -> None:
    report = text(plan_at(write_stack(OLD_DISKS)))
    table = section(report, "Scenarios").splitlines()
    assert table[0].split() == ["Scenario", "USD", "Saving", "Promises", "kept", "Effort"]
    assert [line.split()[:1] for line in table[1:5:2]] == [["best"], ["today"]]
    assert "WebSocket" not in report
    assert "costs $13.68 more" not in report


def test_scenarios_stand_in_the_order_of_cost_with_what_each_breaks(plan: Plan) -> None:
    head, *rows = section(text(plan), "Scenarios").splitlines()
    assert head.split() == ["Scenario", "USD", "Saving", "WebSocket", "Promises", "kept", "SLA", "%", "Effort"]
    names = [row.split()[0] for row in rows if re.match(r"[a-z0-9]+ +(≥ )?\d+\.\d\d ", row)]
    # What it saves at most is no price: it stands last.
    assert names == ["best", "extreme", "phase6", "today", "balanced", "serverless"]
    assert rows[rows.index(next(row for row in rows if row.startswith("today"))) + 1] == "  ← the stack as it stands"
    assert "  breaks: no commitment" in rows


def test_where_only_giving_up_saves_it_is_shown_with_its_price_and_not_advised(write_stack: Write) -> None:
    report = text(plan_at(write_stack(SECRET)))
    _, do, _, optional, *_ = answers_of(report)
    assert do.startswith("Do         Keep the stack: everything that costs less gives something up")
    assert '$0.40 without "Secrets Manager\'s rotation and copies"' in optional
    assert "Steps to" not in report
    assert [line.split()[0] for line in section(report, "Scenarios").splitlines()[1:2]] == ["today"]


def test_what_may_be_given_up_is_advised(write_stack: Write) -> None:
    allowed = replace(unstated(), promises=Promises(may_give_up=frozenset({"secrets_manager"})))
    _, do, lose, *_ = answers_of(text(plan_at(write_stack(SECRET), allowed)))
    saves = "That comes to $0.00 a month, at least $0.40 (100 %) less"
    assert do == f"Do         Make one change: {Words('en')('lever_parameters')}. {saves}"
    assert "Given up, as glimpse.toml permits: Secrets Manager's rotation and copies" in lose


def test_a_stack_in_which_nothing_saves_for_certain_is_kept(write_stack: Write) -> None:
    # An address that nothing holds is for its owner to look at: only they know whether somebody uses it.
    report = text(plan_at(write_stack('resource "aws_eip" "old" {}\n')))
    _, do, lose, *_ = answers_of(report)
    by_hand = Words("en")("advice_by_hand")
    assert do.startswith(f"Do         Keep the stack: no change is certain to cost less. {by_hand} ")
    assert lose == "You lose   Nothing: no change is advised"
    assert Words("en")("how_unattached_addresses") in flat(section(report, Words("en")("ui_levers")))


@pytest.mark.parametrize(
    ("main", "advice"),
    [
        (
            'resource "aws_iam_user" "u" {\n  name = "u"\n}\n',
            "Nothing: AWS charges for nothing that these files create",
        ),
        ('module "m" {\n  source = "./gone"\n}\n', "No advice: nothing that AWS charges for could be read"),
    ],
)
def test_where_nothing_is_charged_or_read_no_change_is_talked_of(write_stack: Write, main: str, advice: str) -> None:
    report = text(plan_at(write_stack(main)))
    assert answers_of(report)[1] == f"Do         {advice}"
    for title in ("Scenarios", "Promises", "Steps to best"):
        assert section(report, title) == ""


def test_advice_for_one_of_several_values_of_a_variable_says_for_which() -> None:
    stack = read_stack(REPOSITORY / "tests/trees/a_variable_decides")
    estimator = estimator_for(stack.region, unstated())
    report = text(plan_of(least(stack, estimator), estimator))
    [do] = [answer for answer in answers_of(report) if answer.startswith("Do ")]
    assert do.startswith("Do         Keep the stack")
    assert Words("en")("advice_for_the_least") in do


def test_a_stated_promise_that_nothing_keeps_is_shown_with_why(write_stack: Write) -> None:
    postgresql = replace(unstated(), promises=Promises(database="postgresql"))
    main = 'resource "aws_db_instance" "d" {\n  engine = "mysql"\n  instance_class = "db.t4g.micro"\n}\n'
    report = text(plan_at(write_stack(main), postgresql))
    assert "No advice: no combination of changes keeps every promise that glimpse.toml states" in answers_of(report)[1]
    assert "broken   database: the database is MySQL; needed: postgresql" in section(report, "Promises")


def test_what_the_stack_promises_itself_is_named_in_one_paragraph(write_stack: Write) -> None:
    [*told] = section(text(plan_at(write_stack(OLD_DISKS))), "Promises").split("\n\n")
    assert flat(told[0]).endswith("Kept as it is today: number of instances.")
    assert "kept " not in told[0]


def test_a_risk_that_many_resources_share_is_told_once_with_its_places(write_stack: Write) -> None:
    database = 'resource "aws_db_instance" "d" {\n  count = 7\n  engine = "mysql"\n  engine_version = "8.4"\n'
    size = '  instance_class = "db.m6g.large"\n  allocated_storage = 20\n}\n'
    report = text(plan_at(write_stack(database + size)))
    told = section(report, "Risks now")
    assert told.count("storage stays at 20 GiB") == 1
    assert "  aws_db_instance.d[0]  main.tf:4" in told
    assert "  and 4 more" in told
    assert "Risks now  7: database storage cannot grow (7). The changes fix all 7 of them" in answers_of(report)


# ---- What a change saves


def shown_lever(plan: Plan, effect: Effect, language: str = "en") -> list[str]:
    """The lines of one lever in the report."""
    changed = replace(plan, effects=(effect,))
    name = Words(language)(f"lever_{effect.lever.name}")
    part = section(text(changed, language), Words(language)("ui_levers"))
    lines = list(itertools.dropwhile(lambda line: not line.startswith(name), part.splitlines()))
    return list(itertools.takewhile(str.strip, lines))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_range_of_savings_never_runs_into_the_next_column(plan: Plan, language: str) -> None:
    effect = next(effect for effect in plan.effects if effect.lever.name == "valkey_serverless")
    for low, high in ((-3, 3), (-12345, 67890)):
        between = Saving(Fraction(low), highest=Fraction(high))
        head, *rest = shown_lever(plan, replace(effect, alone=between, here=between), language)
        row = head if "…" in head else rest[0]
        columns = row.removeprefix(Words(language)("lever_valkey_serverless")).split()
        assert columns == [f"{low}.00…{high}.00"] * 2 + [Words(language)("terraform")]
        assert cell_len(row) <= 80


def test_a_saving_that_usage_decides_says_what_it_is_without_usage_and_where_it_ends(plan: Plan) -> None:
    effect = next(effect for effect in plan.effects if effect.lever.name == "valkey_serverless")
    even = BreakEven("new.distribution", "monthly_https_requests", "10k requests", Fraction(730))
    said = flat("\n".join(shown_lever(plan, replace(effect, alone=Saving(Fraction(7), break_even=(even,))))))
    assert (
        "saves $7.00 a month without usage, less with it, and nothing above 730 10k requests a month"
        " (monthly_https_requests of the new distribution)"
    ) in said
    several = shown_lever(plan, replace(effect, alone=Saving(Fraction(7), break_even=(even,) * 5)))
    assert flat("\n".join(several)).count("saves $7.00 a month") == 1
    assert sum(line.startswith("  - 730 10k requests") for line in several) == 3
    assert "  - and 2 other kinds of usage" in several


def test_places_where_a_lever_would_not_certainly_save_are_named_as_left_alone(plan: Plan) -> None:
    effect = next(effect for effect in plan.effects if effect.lever.name == "valkey_serverless")
    lines = shown_lever(plan, replace(effect, dropped=(Origin("aws_thing.dear", "main.tf", 7),)))
    assert "  - aws_thing.dear  main.tf:7" in lines


@pytest.mark.parametrize(
    ("field", "argument"),
    [
        ("instance_class", "instance_class"), ("disks[0].kind", "type"), ("disks[1].kind", "disk[1] type"),
        ("strategy[1].weight", "strategy[1] weight"), ("storage.mibps", "throughput"), ("disks[1].kind_assumed", None),
    ],
)  # fmt: skip
def test_a_change_names_the_argument_and_the_item_of_its_list(field: str, argument: str | None) -> None:
    assert argument_of(field) == argument


# ---- Markdown


def cells(line: str) -> int:
    return len(re.findall(r"(?<!\\)\|", line))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_of_the_markdown_has_as_many_cells_in_every_row(plan: Plan, language: str) -> None:
    for shown in (plan, plan_at(REPOSITORY / "examples/fargate_shop")):
        page = plan_markdown(shown, shown.today.with_other_free_tier, Words(language))
        tables = [
            list(rows) for is_row, rows in groupby(page.splitlines(), key=lambda line: line.startswith("|")) if is_row
        ]
        assert len(tables) >= 4
        for table in tables:
            assert {cells(row) for row in table} == {cells(table[0])}


def test_the_markdown_of_a_stranger_names_each_step_with_its_places_and_its_saving(write_stack: Write) -> None:
    plan = plan_at(write_stack(OLD_DISKS))
    page = plan_markdown(plan, plan.today.with_other_free_tier, Words("en"))
    assert f"- [ ] **{Words('en')('lever_gp3')}**: saves $13.68 a month" in page
    assert "  - <code>aws_ebs_volume.data&#91;0&#93;  main.tf:5: type gp2 → gp3</code>" in page
    assert "| Scenario | USD | Saving | Promises kept | Effort |" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_markdown_shows_the_figures_of_the_terminal(plan: Plan, language: str) -> None:
    page = plan_markdown(plan, plan.today.with_other_free_tier, Words(language))
    for scenario in plan.scenarios:
        assert usd_text(scenario.bill.monthly) in page
    assert page.count("<details>") == page.count("</details>") >= 5
    assert plan.document
    assert page.count("- [ ] ") == len(plan.steps) + len(plan.document.checks)


def test_a_name_from_a_file_cannot_link_mention_style_or_break_a_table(write_stack: Write) -> None:
    hostile = "x|[a](http://evil.example)<b>@someone#1`*_y_* www.evil.example"
    folder = write_stack(
        f'resource "aws_eip" "a" {{\n  for_each = toset(["{hostile}"])\n}}\nmodule "m" {{\n  source = "./{hostile}"\n}}\n'
    )
    plan = plan_of(read_stack(folder), estimator_for())
    page = plan_markdown(plan, plan.today.with_other_free_tier, Words("en"))
    for live in ("[a]", "<b>", "http://", "www.evil", "@someone", "someone#1", "*_y", "x|"):
        assert live not in page, live
    assert "evil.example" in page
    # GitHub looks for people and issues after it has decoded entities, but not in code.
    sentences = re.sub(r"<code>.*?</code>", "", page)
    assert "&#64;&#8203;someone&#35;&#8203;1" in sentences
    assert not re.search("&#(64|35);(?!&#8203;)", sentences)


def test_a_bill_has_its_markdown_too(plan: Plan) -> None:
    page = bill_markdown(plan.today.bill, plan.today.with_other_free_tier, Words("en"))
    assert "**Total: 87.20.**" in page
    assert "<code>module.rds.aws_db_instance.this</code>" in page
