"""`glimpse.toml` says what people do; what it cannot mean is answered with the key and what was wanted."""

from __future__ import annotations

import datetime
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from glimpse.planner.bill import Line
from glimpse.planner.capacity import Capacity
from glimpse.planner.finding import InputError
from glimpse.planner.outside import workload_files
from glimpse.planner.outside.workload_files import CAPACITIES
from glimpse.planner.quantities import certain
from glimpse.planner.scenarios import plan_of
from glimpse.planner.sizing import TaskSize, tasks_asked
from glimpse.planner.stack import Stack
from glimpse.planner.traffic import hours_of
from glimpse.planner.workload import DAYS_PER_MONTH, Promises, Workload
from glimpse.planner.workload_checks import WorkloadError, workload_from
from glimpse.planner.workload_keys import KEYS, OPTIONAL_KEYS, TEXT_KEYS
from glimpse.words import Words, codes
from tests.conftest import OWN, PEOPLE, estimator_for, read_stack


def problems(table: dict[str, Any]) -> list[str]:
    with pytest.raises(WorkloadError) as wrong:
        workload_from(table, "test")
    return [Words("en").render(problem) for problem in wrong.value.problems]


def capacity_of(service: str) -> Capacity:
    return workload_files.capacities_of(workload_from({"service": {"runs": service}}, "x"))[service]


def test_an_empty_file_means_the_built_in_workload() -> None:
    assert workload_from({}, "x").numbers == PEOPLE.numbers


def test_the_checked_in_workload_repeats_the_built_in_one(own_workload: Workload) -> None:
    assert own_workload.numbers == PEOPLE.numbers
    assert own_workload.hours == PEOPLE.hours


def test_an_unknown_key_is_answered_with_the_nearest_known_one() -> None:
    assert problems({"people": {"user": 5}}) == ["people.user is not a key of glimpse.toml. Did you mean people.users?"]


@pytest.mark.parametrize("value", [-1, 1.5, "many", True, float("nan"), float("inf"), None, [], 10**13])
def test_a_number_that_cannot_be_one_names_its_key_and_what_was_found(value: object) -> None:
    [problem] = problems({"people": {"users": value}})
    assert problem.startswith("people.users must be a whole number from 0 to ")


def test_every_problem_is_reported_at_once() -> None:
    wrong = {"people": {"users": "x", "hours": [1, 2]}, "promises": {"min_tasks": -1}, "sizes": 7, "commitments": [{}]}
    assert len(problems(wrong)) == 5


@pytest.mark.parametrize("key", [*KEYS, *OPTIONAL_KEYS], ids=lambda key: key.name)
def test_each_key_is_bounded_below(key: Any) -> None:
    below = float(Fraction(key.lowest)) - 1
    assert f"{key.section}.{key.name}" in problems({key.section: {key.name: below}})[0]


def test_a_commitment_ends_when_its_term_does() -> None:
    row = {"address": "aws_db_instance.a", "term": "reserved_3yr_no_upfront", "bought_on": datetime.date(2024, 2, 29)}
    [commitment] = workload_from({"commitments": [row]}, "x").commitments
    assert commitment.until == datetime.date(2027, 2, 28)


def test_the_hours_of_a_day_add_up_to_the_month() -> None:
    workload = PEOPLE
    day = sum((hour.messages for hour in hours_of(workload)), Fraction(0))
    assert day * DAYS_PER_MONTH == workload.monthly("messages")
    assert max(hour.sockets for hour in hours_of(workload)) == workload.peak_sockets


def test_every_derived_figure_shows_the_formula_that_gives_it() -> None:
    derived = {row.name: row for row in PEOPLE.derived()}
    # 500 users × 20 messages × 730/24 days
    assert derived["monthly_messages"].value == 500 * 20 * Fraction(730, 24)
    assert derived["monthly_messages"].formula == "users × messages × 730/24"


def test_a_service_that_nobody_measured_is_refused_by_name() -> None:
    with pytest.raises(WorkloadError) as wrong:
        workload_files.capacities_of(workload_from({"service": {"runs": "rocket"}}, "x"))
    assert "nestjs-original" in Words("en").render(wrong.value.problems[0])


def test_coefficients_that_nobody_measured_stay_unknown() -> None:
    original = capacity_of("nestjs-original")
    assert original.message_us == 418
    assert original.limit_sockets == 12_700
    assert original.bytes_per_message is None
    assert original.log_bytes_per_event is None


@pytest.mark.parametrize("name", [entry.name[:-5] for entry in CAPACITIES.iterdir() if entry.name.endswith(".json")])
def test_every_capacity_that_is_held_can_be_read(name: str) -> None:
    capacity = capacity_of(name)
    assert capacity.message_us is not None
    assert capacity.source


def test_files_that_pass_the_task_ask_for_more_tasks_and_those_that_do_not_ask_for_none() -> None:
    ours = capacity_of("glimpse")
    assert ours.upload_mb_us is not None
    hours = hours_of(workload_from({"people": {"users": 300_000}, "each_user_a_day": {"uploads": 5}}, "x"))
    size = TaskSize(Fraction(1, 4), Fraction(1, 2))

    def most(mb_per_upload: int) -> int:
        asked = tasks_asked(hours, Fraction(1), ours, size, Fraction(70), None, Fraction(mb_per_upload))
        return max(tasks or 0 for tasks in asked)

    # In the busiest hour so many MB: at 3.1 ms each, over what a quarter vCPU gives at 70 %.
    busiest = max(hour.uploads for hour in hours) * 20
    more = busiest * ours.upload_mb_us / 10**6 / 3600 / (size.vcpu * Fraction(70, 100))
    assert more > 5
    assert abs(most(20) - most(0) - more) <= 1


@pytest.mark.parametrize("text", ["users = ", "\x00", "a = 1\na = 2", "[" * 3000, "a = " + "9" * 5000])
def test_a_broken_file_is_one_clear_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "glimpse.toml"
    path.write_text(text)
    with pytest.raises(InputError) as wrong:
        workload_files.workload_beside(OWN, path)
    assert str(path) in Words("ko").render(wrong.value.why)


@pytest.mark.parametrize("number", ["1e99999999", "-1e99999999", "nan", "0x" + "f" * 9000])
def test_a_number_beyond_counting_is_refused_before_it_is_counted(tmp_path: Path, number: str) -> None:
    path = tmp_path / "glimpse.toml"
    path.write_text(f"[people]\nusers = {number}\n")
    with pytest.raises(WorkloadError) as wrong:
        workload_files.workload_beside(OWN, path)
    assert "people.users" in Words("en").render(wrong.value.problems[0])


def test_a_share_too_small_to_matter_is_none_at_all(tmp_path: Path) -> None:
    path = tmp_path / "glimpse.toml"
    path.write_text("[people]\npeak_socket_share = 1e-99999999\n")
    assert workload_files.workload_beside(OWN, path).peak_sockets == 0


def test_every_key_says_what_it_means_and_so_does_the_message_about_a_wrong_value() -> None:
    names = {key.name for key in (*KEYS, *OPTIONAL_KEYS, *TEXT_KEYS)} | set(Promises.__dataclass_fields__)
    assert {f"key_{name}" for name in names} <= codes()
    [problem] = problems({"people": {"users": -1}})
    assert problem.endswith("people.users means: people who use the service.")


def test_a_promise_that_is_not_stated_is_none() -> None:
    assert workload_from({"promises": {"min_tasks": 2}}, "x").promises == Promises(min_tasks=2)
    stated = {name: getattr(Promises(), name) for name in Promises.__dataclass_fields__}
    assert not any(stated.values())


def log_lines(**stated: object) -> dict[str, Line]:
    """The lines of our own stack's logs, by component, for 50,000 users."""
    workload = workload_from({"people": {"users": 50_000}, **stated}, "x")
    bill = estimator_for(workload=workload).bill(read_stack(OWN))
    return {line.meter.component: line for line in bill.lines if line.meter.component.startswith("Log ")}


def test_logs_that_are_stated_count_whatever_the_service_was_measured_to_write() -> None:
    ingested = log_lines(service={"runs": "glimpse"}, sizes={"log_bytes_per_event": 1_000})["Log ingestion"]
    # 50,000 users × (20 messages + 45 requests) × 730/24 days × 1,000 bytes
    assert ingested.quantity == certain(Fraction(50_000 * 65 * 730, 24 * 10**6))
    assert "logs_measured_none" not in {said.code for said in ingested.meter.assumes}


def test_without_that_glimpse_logs_what_it_was_measured_to_write_and_the_line_says_so() -> None:
    lines = log_lines(service={"runs": "glimpse"})
    assert lines["Log ingestion"].monthly == lines["Log storage"].monthly == 0
    assert "glimpse" in " ".join(Words("en").render(said) for said in lines["Log ingestion"].meter.assumes)


@pytest.mark.parametrize("stated", [{}, {"service": {"runs": "nestjs-original"}}])
def test_what_a_service_logs_that_nobody_measured_is_a_symbol(stated: dict[str, object]) -> None:
    for line in log_lines(**stated).values():
        assert line.meter.is_symbol
        assert line.monthly == 0


def test_the_volume_of_logs_is_derived_only_where_it_is_known() -> None:
    stated = workload_from({"sizes": {"log_bytes_per_event": 10}}, "x")
    assert "log_gb" in {row.name for row in stated.derived()}
    assert "log_gb" not in {row.name for row in PEOPLE.derived()}
    measured = {row.name: row.value for row in PEOPLE.derived(capacity_of("glimpse"))}
    assert measured["log_gb"] == 0


def test_how_long_things_are_kept_is_for_ever_unless_it_is_stated() -> None:
    kept = workload_from({"kept": {"messages_months": 12}}, "x")
    assert kept.stated("messages_months") == 12
    assert kept.stated("files_months") is None


def test_a_promise_that_nobody_knows_cannot_be_given_up(own_stack: Stack, own_workload: Workload) -> None:
    for name, code in (("ipv4_egres", "promise_unknown_near"), ("qqq", "promise_unknown")):
        workload = replace(own_workload, promises=replace(own_workload.promises, may_give_up=frozenset({name})))
        with pytest.raises(WorkloadError) as wrong:
            plan_of(own_stack, estimator_for(workload=workload))
        assert [problem.code for problem in wrong.value.problems] == [code]
