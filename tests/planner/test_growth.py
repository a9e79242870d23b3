"""What people store grows: by how much a month, what that adds to the bill, and when the database's disk is full."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from glimpse.planner.bill import Bill
from glimpse.planner.growth import DATABASE, FILES, LOGS, Growth, growth_of
from glimpse.planner.report.plan_json import growth_as_json
from glimpse.planner.workload import Workload, unstated
from glimpse.words import Words
from tests.conftest import OWN, PEOPLE, estimator_for, read_stack

GLIMPSE = replace(PEOPLE, runs="glimpse")
DATABASE_HCL = """
resource "aws_db_instance" "chat" {
  engine              = "postgres"
  engine_version      = "17.6"
  instance_class      = "db.t4g.micro"
  allocated_storage   = 20
  storage_type        = "gp3"
  storage_encrypted   = true
  skip_final_snapshot = true
}
"""
AUTOSCALED_HCL = DATABASE_HCL.replace(
    "allocated_storage   = 20", "allocated_storage = 20\n  max_allocated_storage = 100"
)
BUCKET_HCL = 'resource "aws_s3_bucket" "files" {\n  bucket = "files"\n}\n'
FOR_EVER_HCL = 'resource "aws_cloudwatch_log_group" "api" {\n  name = "api"\n}\n'
A_MONTH_HCL = FOR_EVER_HCL.replace('"api"\n}', '"api"\n  retention_in_days = 30\n}')


def people(users: int, **numbers: int) -> Workload:
    stated = {name: Fraction(number) for name, number in {"users": users, **numbers}.items()}
    return replace(GLIMPSE, numbers={**GLIMPSE.numbers, **stated})


def bill_of(folder: Path, workload: Workload, *var_files: Path) -> Bill:
    return estimator_for(workload=workload).bill(read_stack(folder, var_files=var_files))


def growth_in(bill: Bill, store: str) -> Growth:
    [growth] = [growth for growth in growth_of(bill) if growth.store == store]
    return growth


def test_5000_people_fill_20_gib_within_8_to_10_months_and_50000_in_about_one(tmp_path: Path) -> None:
    fixed = tmp_path / "fixed.tfvars"
    fixed.write_text("database_max_storage_gb = null\n")
    some, many = (growth_in(bill_of(OWN, people(users), fixed), DATABASE) for users in (5_000, 50_000))
    assert some.limit_gib == many.limit_gib == 20
    soonest, expected, latest = some.full_in
    assert expected in (8, 9, 10)
    assert soonest
    assert latest
    assert soonest < expected < latest
    assert many.full_in[1] == 1


def test_a_database_grows_by_its_messages_times_what_each_was_measured_to_take() -> None:
    bill = bill_of(OWN, people(5_000))
    capacity = bill.usage.traffic.capacity
    assert capacity
    assert capacity.bytes_per_message
    messages = Fraction(5_000 * 20 * 730, 24)
    assert growth_in(bill, DATABASE).gb_monthly.expected == messages * capacity.bytes_per_message.expected / 10**9


def test_growth_never_moves_the_bill() -> None:
    few, many = bill_of(OWN, people(500)), bill_of(OWN, people(500, messages_months=1, files_months=1))
    assert few.monthly == many.monthly
    assert growth_of(few) != growth_of(many)


def test_a_disk_without_autoscaling_is_full_at_what_is_allocated(write_stack: Callable[..., Path]) -> None:
    growth = growth_in(bill_of(write_stack(DATABASE_HCL), people(5_000)), DATABASE)
    assert (growth.limit_gib, growth.autoscaling, growth.usd_at_limit) == (20, False, None)
    said = Words("en").render(growth.sentence)
    assert said.startswith("aws_db_instance.chat: messages add 2.")
    assert said.endswith("Storage autoscaling is off")


def test_with_autoscaling_a_disk_is_full_at_its_limit_and_costs_what_that_size_costs(
    write_stack: Callable[..., Path],
) -> None:
    bill = bill_of(write_stack(AUTOSCALED_HCL), people(50_000))
    growth = growth_in(bill, DATABASE)
    [storage] = [line for line in bill.lines if line.meter.component == "Database storage gp3"]
    assert storage.price
    assert growth.limit_gib == 100
    assert growth.usd_at_limit == 80 * storage.price.tiers[0].usd
    fixed = growth_in(bill_of(write_stack(DATABASE_HCL), people(50_000)), DATABASE)
    assert fixed.full_in[1] == 1
    assert growth.full_in[1] == 5


def test_a_limit_of_autoscaling_that_nobody_knows_is_said_to_be_unknown(write_stack: Callable[..., Path]) -> None:
    text = AUTOSCALED_HCL.replace("= 100", "= var.most") + 'variable "most" {\n  type = number\n}\n'
    growth = growth_in(bill_of(write_stack(text), people(5_000)), DATABASE)
    assert growth.autoscaling is None
    assert "unknown" in Words("en").render(growth.sentence)


def test_what_takes_more_than_five_years_is_never_full(write_stack: Callable[..., Path]) -> None:
    growth = growth_in(bill_of(write_stack(DATABASE_HCL), people(100)), DATABASE)
    assert growth.full_in == (None, None, None)
    assert "do not fill its 20 GiB of storage within 5 years" in Words("en").render(growth.sentence)


def test_messages_that_are_deleted_before_the_disk_is_full_never_fill_it(write_stack: Callable[..., Path]) -> None:
    folder = write_stack(DATABASE_HCL)
    assert growth_in(bill_of(folder, people(5_000, messages_months=3)), DATABASE).full_in == (None, None, None)
    kept = growth_in(bill_of(folder, people(5_000, messages_months=36)), DATABASE)
    assert kept.full_in == growth_in(bill_of(folder, people(5_000)), DATABASE).full_in


def test_uploads_add_the_same_to_every_following_bill(write_stack: Callable[..., Path]) -> None:
    bill = bill_of(write_stack(BUCKET_HCL), people(5_000))
    growth = growth_in(bill, FILES)
    # 5,000 users × 0.1 uploads × 730/24 days × 2 MB
    assert growth.gb_monthly.expected == Fraction(5_000 * 730 * 2, 10 * 24 * 1_000)
    [storage] = [line for line in bill.lines if line.meter.component == "S3 Standard storage"]
    assert storage.price
    assert growth.usd_monthly == growth.gb_monthly.expected * storage.price.tiers[0].usd


def test_only_logs_that_never_expire_grow_beyond_the_bill(write_stack: Callable[..., Path]) -> None:
    logging = people(5_000, log_bytes_per_event=1_000)
    assert growth_in(bill_of(write_stack(FOR_EVER_HCL), logging), LOGS).gb_monthly.expected > 9
    assert not growth_of(bill_of(write_stack(A_MONTH_HCL), logging))
    # Glimpse logs nothing for a message or a request.
    assert not growth_of(bill_of(write_stack(FOR_EVER_HCL), people(5_000)))


@pytest.mark.parametrize("workload", [unstated(), replace(unstated(), runs="glimpse")])
def test_nothing_grows_where_nobody_says_how_many_people_there_are(workload: Workload) -> None:
    assert growth_of(bill_of(OWN, workload)) == ()


def test_a_service_that_was_not_measured_says_nothing_of_its_database() -> None:
    growths = growth_of(bill_of(OWN, replace(people(5_000), runs="nestjs-original")))
    assert DATABASE not in {growth.store for growth in growths}
    assert FILES in {growth.store for growth in growths}


def test_of_two_databases_nobody_says_which_holds_the_messages(write_stack: Callable[..., Path]) -> None:
    folder = write_stack(DATABASE_HCL + DATABASE_HCL.replace('"chat"', '"other"'))
    assert growth_of(bill_of(folder, people(5_000))) == ()


def test_the_json_gives_the_figures_and_both_languages_the_sentence(write_stack: Callable[..., Path]) -> None:
    stack = write_stack(AUTOSCALED_HCL + BUCKET_HCL + FOR_EVER_HCL)
    growths = growth_of(bill_of(stack, people(5_000, log_bytes_per_event=100, messages_months=100)))
    assert [row["store"] for row in growth_as_json(growths)] == [DATABASE, FILES, LOGS]
    database = growth_as_json(growths)[0]
    assert database["limit_gib"] == 100
    assert database["kept_months"] == "100"
    assert database["full_in_months"]["min"] < database["full_in_months"]["expected"]
    for growth in growths:
        for language in ("en", "ko"):
            assert growth.origin.address in Words(language).render(growth.sentence)
