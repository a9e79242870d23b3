"""`glimpse diff` of folders and bills: which lines differ, why, and what that does to a budget."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glimpse import cli
from glimpse.planner import diff
from glimpse.planner.app import Options
from glimpse.planner.catalogue import Price, Tier
from glimpse.planner.differences.causes import CAUSES, difference_of
from glimpse.planner.differences.snapshots import Charge, Snapshot
from glimpse.planner.meter import Origin
from glimpse.planner.money import cents
from glimpse.planner.outside.diff_sources import Source
from glimpse.words import Words
from tests.conftest import REPOSITORY, SEOUL

Run = Callable[..., tuple[int, str, str]]
PROVIDER = f'provider "aws" {{\n  region = "{SEOUL}"\n}}\n'
DATABASE = """
resource "aws_db_instance" "main" {
  engine = "postgres"
  engine_version = "17.4"
  instance_class = "%s"
  allocated_storage = %d
  storage_type = "gp3"
}
"""
ALARM = """
resource "aws_cloudwatch_metric_alarm" "%s" {
  alarm_name = "%s"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods = 1
  metric_name = "CPUUtilization"
  namespace = "AWS/RDS"
  period = 60
  statistic = "Average"
  threshold = 80
}
"""
USED = '[usage."aws_db_instance.main"]\nadditional_backup_storage_gb = %d\n'


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return call


def stack(name: str, text: str, toml: str = "") -> str:
    folder = Path(name)
    folder.mkdir()
    (folder / "main.tf").write_text(PROVIDER + text)
    if toml:
        (folder / "glimpse.toml").write_text(toml)
    return name


def compared(run: Run, *arguments: object) -> Any:
    code, out, err = run("diff", *arguments, "--format", "json")
    assert code == 0, out + err
    return json.loads(out)


def of(document: Any, component: str) -> list[Any]:
    return [line for line in document["lines"] if line["component"] == component]


def added(document: Any) -> set[str]:
    assert {line["change"] for line in document["lines"]} == {"added"}
    return {line["address"] for line in document["lines"]}


def adds_up(document: Any) -> bool:
    deltas = [Decimal(line["delta_usd"]) for line in document["lines"] if line["delta_usd"] is not None]
    total = Decimal(document["delta_usd"])
    causes = sum(map(Decimal, document["by_cause"].values()))
    return sum(deltas, Decimal(0)) == total == causes


def test_a_larger_instance_is_one_changed_line_and_the_rest_is_left_out(run: Run) -> None:
    document = compared(
        run, stack("a", DATABASE % ("db.t4g.micro", 20)), stack("b", DATABASE % ("db.t4g.small", 20))
    )  # fmt: skip
    (line,) = document["lines"]
    assert (line["change"], line["cause"]) == ("changed", "stack")
    assert line["before"]["component"] == "db.t4g.micro PostgreSQL"
    assert line["component"] == "db.t4g.small PostgreSQL"
    assert Decimal(document["after"]["monthly_usd"]) - Decimal(document["before"]["monthly_usd"]) == Decimal(
        document["delta_usd"]
    )
    assert adds_up(document)


def test_added_and_removed_resources_are_said_with_their_place(run: Run) -> None:
    document = compared(run, stack("a", ALARM % ("one", "one")), stack("b", DATABASE % ("db.t4g.micro", 20)))
    changes = {(line["change"], line["address"], line["file"]) for line in document["lines"]}
    assert ("removed", "aws_cloudwatch_metric_alarm.one", "main.tf") in changes
    assert ("added", "aws_db_instance.main", "main.tf") in changes
    assert adds_up(document)


def test_the_same_stack_differs_in_nothing(run: Run) -> None:
    text = DATABASE % ("db.t4g.micro", 20)
    document = compared(run, stack("a", text), stack("b", text))
    assert (document["lines"], document["delta_usd"], document["gaps"]) == ([], "0.00", {"new": [], "gone": []})


def test_a_renamed_resource_is_neither_removed_nor_added(run: Run) -> None:
    document = compared(run, stack("a", ALARM % ("old", "x")), stack("b", ALARM % ("new", "x")))
    assert document["lines"] == []
    assert document["moved"] == [{"from": "aws_cloudwatch_metric_alarm.old", "to": "aws_cloudwatch_metric_alarm.new"}]


def test_a_moved_block_tells_what_was_renamed_and_changed_at_once(run: Run) -> None:
    old = (DATABASE % ("db.t4g.micro", 20)).replace('"main"', '"old"')
    new = (DATABASE % ("db.t4g.small", 20)).replace('"main"', '"new"').replace('" {', '" {\n  count = 1', 1)
    moved = "moved {\n  from = aws_db_instance.old\n  to = aws_db_instance.between\n}\n"
    moved += "moved {\n  from = aws_db_instance.between\n  to = aws_db_instance.new[0]\n}\n"
    a, b = stack("a", old), stack("b", new + moved)
    (line,) = compared(run, a, b)["lines"]
    assert (line["change"], line["moved_from"]) == ("changed", "aws_db_instance.old")
    assert line["address"] == "aws_db_instance.new[0]"
    assert "moved from aws_db_instance.old" in run("diff", a, b)[1]


def test_a_moved_block_of_a_module_takes_all_that_is_in_it_along(run: Run) -> None:
    Path("inner").mkdir()
    moved = "moved {\n  from = aws_db_instance.old\n  to = aws_db_instance.main\n}\n"
    Path("inner/main.tf").write_text(DATABASE % ("db.t4g.small", 20) + moved)
    Path("was").mkdir()
    Path("was/main.tf").write_text((DATABASE % ("db.t4g.micro", 20)).replace('"main"', '"old"'))
    a = stack("a", 'module "one" {\n  source = "../was"\n}\n')
    b = stack("b", 'module "two" {\n  source = "../inner"\n}\nmoved {\n  from = module.one\n  to = module.two\n}\n')
    (line,) = compared(run, a, b, "--project", ".")["lines"]
    assert (line["change"], line["moved_from"]) == ("changed", "module.one.aws_db_instance.old")


def test_what_gets_a_count_is_moved_as_terraform_does_it(run: Run) -> None:
    counted = (DATABASE % ("db.t4g.small", 20)).replace('" {', '" {\n  count = 1', 1)
    a, b = stack("a", DATABASE % ("db.t4g.micro", 20)), stack("b", counted)
    for before, after in ((a, b), (b, a)):
        (line,) = compared(run, before, after)["lines"]
        assert line["change"] == "changed"
    several = stack("several", counted.replace("count = 1", "count = 3"))
    changes = {line["address"]: line["change"] for line in compared(run, a, several)["lines"]}
    assert sorted(changes.values()) == ["added", "added", "changed"]
    assert changes["aws_db_instance.main[0]"] == "changed"


def test_a_moved_block_that_worked_before_does_not_hide_a_later_one(run: Run) -> None:
    moved = "moved {\n  from = aws_db_instance.%s\n  to = aws_db_instance.%s\n}\n"
    a = stack("a", (DATABASE % ("db.t4g.micro", 20)) + moved % ("first", "main"))
    new = (DATABASE % ("db.t4g.small", 20)).replace('"main"', '"last"')
    b = stack("b", new + moved % ("first", "main") + moved % ("main", "last"))
    for before, after in ((a, b), (b, a)):
        (line,) = compared(run, before, after)["lines"]
        assert line["change"] == "changed"


def test_a_new_name_by_which_usage_is_not_given_any_more_saves_nothing(run: Run) -> None:
    a = stack("a", DATABASE % ("db.t4g.micro", 20), USED % 100)
    b = stack("b", (DATABASE % ("db.t4g.micro", 20)).replace('"main"', '"renamed"'), USED % 100)
    document = compared(run, a, b)
    assert (document["delta_usd"], document["unknown_lines"]) == ("0.00", 1)
    assert [gap["code"] for gap in document["gaps"]["new"]] == ["amount_no_longer_known"]
    # What is new on the side after is said, and nothing that both sides have.
    assert [warning["file"] for warning in document["warnings"]] == ["b/glimpse.toml"]
    assert "aws_db_instance.main" in document["warnings"][0]["text"]
    assert "warnings" not in compared(run, b, b)


def test_moved_blocks_in_a_circle_end(run: Run) -> None:
    circle = "moved {\n  from = aws_x.b\n  to = aws_x.a\n}\nmoved {\n  from = aws_x.a\n  to = aws_x.b\n}\n"
    circle += "moved {\n  from = aws_db_instance.main.more\n  to = aws_db_instance.main\n}\n"
    b = stack("b", DATABASE % ("db.t4g.micro", 20) + circle)
    assert added(compared(run, stack("a", ""), b)) == {"aws_db_instance.main"}


def test_what_costs_the_same_but_is_of_another_type_has_not_moved(run: Run) -> None:
    address = 'resource "aws_eip" "one" {\n  domain = "vpc"\n}\n'
    document = compared(run, stack("a", address), stack("b", ALARM % ("one", "one")))
    assert "moved" not in document


def test_usage_of_glimpse_toml_is_the_workload_and_files_are_the_stack(run: Run) -> None:
    a = stack("a", DATABASE % ("db.t4g.micro", 20), USED % 100)
    b = stack("b", DATABASE % ("db.t4g.micro", 40), USED % 300)
    document = compared(run, a, b)
    (backup,) = of(document, "Additional backup storage")
    (storage,) = of(document, "Database storage gp3")
    assert (backup["cause"], backup["delta_usd"]) == ("workload", "19.00")
    assert (storage["cause"], storage["delta_usd"]) == ("stack", "2.62")
    assert adds_up(document)


def test_a_line_that_files_and_workload_move_is_split_and_adds_up(run: Run) -> None:
    people = "[people]\nusers = {}\n"
    text = 'resource "aws_s3_bucket" "one" {{\n  bucket = "one"\n}}\n{}'
    second = 'resource "aws_s3_bucket" "two" {\n  bucket = "two"\n}\n'
    a = stack("a", text.format(""), people.format(100_000))
    b = stack("b", text.format(second), people.format(300_000))
    document = compared(run, a, b)
    parts = [line for line in of(document, "S3 Standard storage") if line["address"] == "aws_s3_bucket.one"]
    assert {part["cause"] for part in parts} == {"stack", "workload"}
    assert adds_up(document)


def test_a_workload_that_is_given_is_that_of_both_sides(run: Run) -> None:
    text = DATABASE % ("db.t4g.micro", 20)
    a, b = stack("a", text, USED % 100), stack("b", text, USED % 300)
    Path("both.toml").write_text(USED % 500)
    assert compared(run, a, b, "--workload", "both.toml")["lines"] == []


def priced_before(run: Run, folder: str, change: Callable[[Any], None]) -> str:
    """The bill of a folder as if it had been made before: `change` makes it so."""
    _, out, _ = run("bill", folder, "--format", "json")
    document = json.loads(out)
    for line in document["lines"]:
        change(line)
    Path("before.json").write_text(json.dumps(document))
    return "before.json"


def half_price(line: Any) -> None:
    if "unit_usd" in line and line["monthly_usd"] is not None:
        line["unit_usd"] = str(Decimal(line["unit_usd"]) / 2)
        line["monthly_usd"] = str(round(Decimal(line["monthly_usd"]) / 2, 2))


def test_a_price_update_is_not_the_files_doing(run: Run) -> None:
    b = stack("b", DATABASE % ("db.t4g.micro", 20))
    document = compared(run, priced_before(run, b, half_price), b)
    assert {line["cause"] for line in document["lines"]} == {"price"}
    assert document["by_cause"]["stack"] == "0.00"
    assert document["by_cause"]["price"] == document["delta_usd"] != "0.00"
    assert adds_up(document)


def test_the_price_s_part_is_the_old_quantity_times_the_change_of_the_rate(run: Run) -> None:
    a = stack("a", DATABASE % ("db.t4g.micro", 20))
    b = stack("b", DATABASE % ("db.t4g.micro", 40))
    document = compared(run, priced_before(run, a, half_price), b)
    parts = {line["cause"]: line for line in of(document, "Database storage gp3")}
    rate = Decimal(parts["price"]["after"]["unit_usd"])
    assert Decimal(parts["price"]["delta_usd"]) == round(20 * rate / 2, 2)
    assert Decimal(parts["stack"]["delta_usd"]) == round(20 * rate, 2)
    assert adds_up(document)


def test_a_price_alone_fails_no_budget_and_is_said_apart(run: Run) -> None:
    b = stack("b", DATABASE % ("db.t4g.micro", 20))
    before = priced_before(run, b, half_price)
    code, out, err = run("diff", before, b, "--max-increase", "0")
    assert (code, err) == (0, "")
    assert "A new price is not this change's doing" in out


def test_another_instance_class_is_no_new_price(run: Run) -> None:
    a, b = stack("a", DATABASE % ("db.t4g.micro", 20)), stack("b", DATABASE % ("db.t4g.small", 20))
    document = compared(run, priced_before(run, a, lambda line: None), b)
    assert {line["cause"] for line in document["lines"]} == {"stack"}


def test_a_plan_s_json_stands_for_today(run: Run) -> None:
    b = stack("b", DATABASE % ("db.t4g.micro", 20))
    _, out, _ = run("plan", b, "--format", "json")
    Path("plan.json").write_text(out)
    assert compared(run, "plan.json", b)["lines"] == []


def test_usage_that_nobody_gave_has_a_rate_and_no_amount(run: Run) -> None:
    document = compared(run, stack("a", ""), stack("b", DATABASE % ("db.t4g.micro", 20)))
    (line,) = of(document, "Additional backup storage")
    assert line["delta_usd"] is None
    assert line["after"]["monthly_usd"] is None
    assert line["after"]["needs"]["code"] == "needs_usage"
    assert line["after"]["unit_usd"] == "0.095"
    assert document["unknown_lines"] == len([line for line in document["lines"] if line["delta_usd"] is None])
    assert adds_up(document)


def test_usage_that_is_no_longer_given_is_no_saving_but_a_gap(run: Run) -> None:
    text = DATABASE % ("db.t4g.micro", 20)
    a, b = stack("a", text, USED % 100), stack("b", text)
    document = compared(run, a, b)
    (line,) = document["lines"]
    assert (line["delta_usd"], document["delta_usd"]) == (None, "0.00")
    assert [gap["code"] for gap in document["gaps"]["new"]] == ["amount_no_longer_known"]
    assert "the totals differ by -$9.50" in run("diff", a, b)[1]
    assert run("diff", a, b, "--max-increase", "5")[0] == 1


def test_usage_that_is_given_for_the_first_time_is_no_increase(run: Run) -> None:
    text = DATABASE % ("db.t4g.micro", 20)
    a, b = stack("a", text), stack("b", text, USED % 100)
    document = compared(run, a, b)
    assert document["delta_usd"] == "0.00"
    assert document["lines"][0]["cause"] == "workload"
    assert run("diff", a, b, "--max-increase", "0")[0] == 0


UNPRICED = (DATABASE % ("db.zz9.mega", 5)).replace('"main"', '"odd"')


def test_a_budget_with_a_new_gap_fails_unless_it_is_accepted(run: Run) -> None:
    text = DATABASE % ("db.t4g.micro", 20)
    a, b = stack("a", text), stack("b", text + UNPRICED)
    code, out, err = run("diff", a, b, "--max-increase", "5")
    assert code == 1
    assert "one gap is new" in out
    assert err.startswith("Exit 1: --max-increase 5.00")
    Path("b/glimpse.toml").write_text('[[accepted]]\naddress = "aws_db_instance.*"\nreason = "paid by another team"\n')
    assert run("diff", a, b, "--max-increase", "5")[0] == 0
    assert run("diff", b, a, "--max-increase", "5")[0] == 0


def test_a_gap_that_was_there_before_fails_nothing(run: Run) -> None:
    a, b = stack("a", UNPRICED), stack("b", UNPRICED + ALARM % ("one", "one"))
    document = compared(run, a, b, "--max-increase", "5")
    assert document["gaps"] == {"new": [], "gone": []}
    assert "delta_percent" not in document
    assert document["after"]["at_least"]


def test_what_can_no_longer_be_read_is_no_saving(run: Run) -> None:
    text = DATABASE % ("db.t4g.micro", 20)
    a, b = stack("a", text), stack("b", ALARM % ("one", "one"))
    Path("b/broken.tf").write_text('resource "aws_db_instance" {{{\n')
    document = compared(run, a, b)
    assert document["delta_usd"] == "0.10"
    assert {line["delta_usd"] for line in document["lines"] if line["change"] == "removed"} == {None}
    assert len(document["gaps"]["new"]) == 1
    assert run("diff", a, b, "--max-increase", "5")[0] == 1
    back = compared(run, b, a)
    assert {line["delta_usd"] for line in back["lines"] if line["change"] == "added"} == {None}


def test_a_gap_that_only_has_another_name_is_not_new(run: Run) -> None:
    a, b = stack("a", UNPRICED), stack("b", UNPRICED.replace('"odd"', '"renamed"'))
    assert compared(run, a, b, "--max-increase", "0")["gaps"] == {"new": [], "gone": []}


def test_the_percentage_is_of_what_it_cost_before(run: Run) -> None:
    a, b = stack("a", ALARM % ("one", "one")), stack("b", ALARM % ("one", "one") + ALARM % ("two", "two"))
    assert compared(run, a, b)["delta_percent"] == "100"
    assert "delta_percent" not in compared(run, stack("empty", ""), b)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--max-increase", "100"), 0, "a month more, at most $100.00"),
        (("--max-increase", "0.01"), 1, "exceeded by $"),
        (("--max-usd", "1000"), 0, "a month, at most $1000.00"),
        (("--max-usd", "$20"), 1, "exceeded by $"),
        (("--max-usd", "1000", "--max-increase", "0"), 1, "exceeded by $"),
    ],
)
def test_a_budget_decides_the_exit_code(run: Run, arguments: tuple[str, ...], code: int, said: str) -> None:
    a, b = stack("a", DATABASE % ("db.t4g.micro", 20)), stack("b", DATABASE % ("db.t4g.small", 20))
    found, out, err = run("diff", a, b, *arguments)
    assert found == code
    assert said in out
    assert err.startswith("Exit 1: --max-") if code else not err


def test_a_decrease_stays_within_every_increase_but_the_total_has_a_limit_of_its_own(run: Run) -> None:
    a, b = stack("a", DATABASE % ("db.t4g.small", 20)), stack("b", DATABASE % ("db.t4g.micro", 20))
    code, out, _ = run("diff", a, b, "--max-increase", "0")
    assert code == 0
    assert "this change adds nothing" in out
    assert run("diff", a, b, "--max-usd", "1")[0] == 1


def test_a_budget_with_usage_that_nobody_gave_says_that_it_is_about_what_is_known(run: Run) -> None:
    a, b = stack("a", ""), stack("b", 'resource "aws_s3_bucket" "one" {\n  bucket = "one"\n}\n')
    code, out, _ = run("diff", a, b, "--max-increase", "0")
    assert (code, "adds nothing in what is known" in out) == (0, True)
    assert "adds nothing\n" in run("diff", b, b, "--max-increase", "0")[1]


@pytest.mark.parametrize("text", ["ten", "-5", "1e9", "10%", ""])
def test_a_budget_that_is_no_amount_is_refused(run: Run, text: str) -> None:
    code, out, err = run("diff", "a", "b", f"--max-usd={text}")
    assert (code, out) == (2, "")
    assert "--max-usd" in err


def test_strict_is_about_the_side_after(run: Run) -> None:
    a, b = stack("a", ""), stack("b", UNPRICED)
    assert run("diff", a, b, "--strict")[0] == 3
    assert run("diff", b, a, "--strict")[0] == 0


def test_a_variable_that_only_the_new_side_declares_is_given_there(run: Run) -> None:
    variable = 'variable "size" {\n  default = 20\n}\n'
    a = stack("a", DATABASE % ("db.t4g.micro", 20))
    b = stack("b", variable + (DATABASE % ("db.t4g.micro", 20)).replace("= 20", "= var.size"))
    document = compared(run, a, b, "--var", "size=40")
    assert document["delta_usd"] == "2.62"
    code, _, err = run("diff", a, b, "--var", "sise=40")
    assert code == 2
    assert "sise" in err
    bill = priced_before(run, a, lambda line: None)
    assert run("diff", bill, b, "--var", "size=40")[0] == 0
    assert run("diff", bill, b, "--var", "sise=40")[0] == 2


def test_an_option_that_neither_side_is_read_with_is_refused(run: Run) -> None:
    b = stack("b", DATABASE % ("db.t4g.micro", 20))
    bill = priced_before(run, b, lambda line: None)
    for option, text in (("--var", "size=40"), ("--var-file", "x.tfvars"), ("--usage", "u.yml"), ("--region", "mars")):
        code, out, err = run("diff", bill, bill, option, text)
        assert (code, out) == (2, "")
        assert f"{option} " in err
    assert run("diff", bill, b, "--region", SEOUL)[0] == 0


def test_a_folder_without_terraform_is_told_what_diff_takes(run: Run) -> None:
    Path("infra").mkdir()
    b = stack("infra/prod", "")
    code, _, err = run("diff", b)
    assert code == 2
    assert "`glimpse diff main infra/prod`" in err


@pytest.mark.parametrize(
    "content",
    [
        '{"schema": "glimpse.bill/1"}',
        '{"schema": "glimpse.plan/1", "today": []}',
        '{"schema": "glimpse.bill/1", "region": "x", "catalogue": {"id": "x"}, "free_tier": "none", "at_least": false,'
        ' "range": {"max": "1e999999999"}, "lines": []}',
    ],
)
def test_a_bill_of_another_shape_is_a_sentence(run: Run, content: str) -> None:
    Path("bill.json").write_text(content)
    code, out, err = run("diff", "bill.json", stack("b", ""))
    assert (code, out) == (2, "")
    assert "bill.json says that it is a Glimpse bill" in err


def test_bills_with_and_without_the_free_tier_are_not_compared(run: Run) -> None:
    b = stack("b", ALARM % ("one", "one"))
    before = priced_before(run, b, lambda line: None)
    code, _, err = run("diff", before, b, "--free-tier", "always")
    assert code == 2
    assert "--free-tier none" in err


def test_a_stranger_s_sentence_in_a_bill_is_shown_as_text(run: Run) -> None:
    b = stack("b", UNPRICED)
    _, out, _ = run("bill", b, "--format", "json")
    document = json.loads(out)
    document["unpriced"][0] |= {"address": "x.y", "code": "of_another_release", "text": "a\u001b[31m red { $x }"}
    Path("bill.json").write_text(json.dumps(document))
    code, out, _ = run("diff", "bill.json", b)
    assert code == 0
    assert "\u001b" not in out
    assert "red { $x }" in out


RATES = st.integers(0, 10_000).map(lambda number: Fraction(number, 1000))
QUANTITIES = st.integers(0, 10_000).map(lambda number: Fraction(number, 7))


def charge(quantity: Fraction, rate: Fraction, component: str = "Hours") -> Charge:
    price = Price("id", "S", "k", {}, "on_demand", "hour", (Tier(Fraction(0), rate),), "", "", "high")
    return Charge(
        Origin("aws_x.y"), component, "S", "hour", "on_demand", quantity, price, cents(price.charge(quantity)), True
    )  # fmt: skip


def side(*charges: Charge) -> Snapshot:
    return Snapshot("x", SEOUL, "c", False, charges, (), False, Fraction(0))


@given(QUANTITIES, QUANTITIES, QUANTITIES, RATES, RATES, st.booleans())
def test_parts_add_up_to_the_cent(
    was: Fraction, between: Fraction, now: Fraction, old: Fraction, new: Fraction, is_live: bool
) -> None:
    before, after = side(charge(was, old)), side(charge(now, old if is_live else new))
    found = difference_of(before, after, side(charge(between, old)) if is_live else None)
    assert found.delta == after.monthly - before.monthly
    assert sum((found.by(cause) for cause in CAUSES), Fraction(0)) == found.delta
    if is_live:
        assert found.by("price") == 0


BASES = sorted((REPOSITORY / "examples").glob("*/")) + sorted((REPOSITORY / "tests/levers").glob("*/*/"))[:8]


def test_what_is_compared_backwards_is_the_same_with_the_other_sign() -> None:
    sides = [diff._priced(Source(path.name, path), Options(Words("en"), path)) for path in BASES if path.is_dir()]
    for one, other in pairwise(sides):
        there, back, same = diff._difference(one, other), diff._difference(other, one), diff._difference(one, one)
        assert there.delta == -back.delta
        assert same.is_nothing
        rest = other.snapshot.monthly - one.snapshot.monthly - there.delta
        assert there.unknown or rest == 0
        for line in there.lines:
            known = [charge.monthly is not None for charge in (line.before, line.after) if charge]
            assert all(known) or line.delta is None


def test_a_resource_that_can_no_longer_be_read_has_no_amount_on_that_side(run: Run) -> None:
    a, b = stack("a", DATABASE % ("db.t4g.micro", 20)), stack("b", "")
    Path("b/broken.tf").write_text('resource "aws_db_instance" {{{\n')
    _, out, _ = run("diff", a, b)
    assert re.search(r"- aws_db_instance\.main  main\.tf:5 +[0-9.]+ +– +–\n", out)
    assert "0.00" not in out.partition("What changes")[2]
    _, comment, _ = run("diff", a, b, "--format", "markdown")
    assert "** | **–** | **–** |" in comment
    _, out, _ = run("diff", a, b, "--format", "infracost-json")
    (resource,) = json.loads(out)["projects"][0]["diff"]["resources"]
    assert {part["monthlyQuantity"] for part in resource["costComponents"]} == {None}


def test_a_gap_that_is_gone_leaves_the_difference_unknown(run: Run) -> None:
    odd = 'resource "aws_gamelift_fleet" "one" {\n  name = "one"\n}\n'
    a, b = stack("a", DATABASE % ("db.t4g.micro", 20) + odd), stack("b", DATABASE % ("db.t4g.micro", 20))
    document = compared(run, a, b)
    assert (document["lines"], len(document["gaps"]["gone"])) == ([], 1)
    assert run("diff", a, b)[1].startswith("Change     not known: at least $")


def test_a_moved_resource_whose_new_address_has_a_gap_is_no_saving(run: Run) -> None:
    moved = "moved {\n  from = aws_db_instance.main\n  to = aws_db_instance.new\n}\n"
    a = stack("a", DATABASE % ("db.t4g.small", 20))
    b = stack("b", (DATABASE % ("db.t4g.smoll", 20)).replace('"main"', '"new"') + moved)
    for before, after, address in ((a, b, "aws_db_instance.new"), (b, a, "aws_db_instance.main")):
        document = compared(run, before, after)
        assert document["delta_usd"] == "0.00"
        (line,) = document["lines"]
        assert (line["address"], line["delta_usd"]) == (address, None)
        project = json.loads(run("diff", before, after, "--format", "infracost-json")[1])["projects"][0]
        (resource,) = project["diff"]["resources"]
        assert (resource["name"], resource["monthlyCost"]) == (address, None)
        assert [part["monthlyQuantity"] for part in resource["costComponents"]] == [None]


def test_an_instance_type_that_no_price_list_has_is_no_saving(run: Run) -> None:
    a, b = stack("a", DATABASE % ("db.t4g.small", 20)), stack("b", DATABASE % ("db.t4g.smoll", 20))
    there, back = compared(run, a, b), compared(run, b, a)
    for document in (there, back):
        assert document["delta_usd"] == "0.00"
        assert "delta_percent" not in document
        assert [line for line in document["lines"] if line["delta_usd"] is None]
    code, out, _ = run("diff", a, b, "--max-increase", "1000")
    assert code == 1
    assert out.startswith("Change     not known: $")
