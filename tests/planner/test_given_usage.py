"""
Usage that people state: the nearer statement wins, and one that changes nothing is named with the nearest known name.
"""

from __future__ import annotations

import itertools
import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glimpse import cli
from glimpse.planner.finding import InputError
from glimpse.planner.given_usage import EMPTY, GivenUsage, UsageEntry, given_usage_from, type_of, unused
from glimpse.planner.outside.usage_files import read_usage_file
from glimpse.planner.workload_checks import WorkloadError, workload_from
from glimpse.words import Words

EN, KO = Words("en"), Words("ko")
FUNCTION = "aws_lambda_function.a"


def stated(table: dict[str, object], source: str = "glimpse.toml") -> GivenUsage:
    usage, problems = given_usage_from(table, source)
    assert problems == ()
    return usage


def read(tmp_path: Path, text: str | bytes) -> GivenUsage:
    path = tmp_path / "infracost-usage.yml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_usage_file(path)


def refused(tmp_path: Path, text: str | bytes) -> InputError:
    with pytest.raises(InputError) as wrong:
        read(tmp_path, text)
    assert KO.render(wrong.value.why)
    return wrong.value


def test_the_nearer_statement_wins_key_by_key() -> None:
    usage = stated(
        {
            'aws_lambda_function.a["x"]': {"monthly_requests": 3},
            "aws_lambda_function.a[*]": {"monthly_requests": 2, "request_duration_ms": 20},
            "aws_lambda_function": {"monthly_requests": 1, "request_duration_ms": 10, "word": "w"},
        }
    )
    assert usage.of('aws_lambda_function.a["x"]') == {"monthly_requests": 3, "request_duration_ms": 20, "word": "w"}
    assert usage.of("aws_lambda_function.a[0]") == {"monthly_requests": 2, "request_duration_ms": 20, "word": "w"}
    assert usage.of(FUNCTION) == {"monthly_requests": 1, "request_duration_ms": 10, "word": "w"}
    assert usage.of("aws_lb.a") == {}
    assert EMPTY.of(FUNCTION) == {}


LEVELS = {
    "aws_lb": 0,
    "*aws_lb.b*": 1,
    "module.m[*].aws_lb.b[*]": 2,
    'module.m["k"].aws_lb.b[*]': 3,
    'module.m["k"].aws_lb.b[0]': 4,
}


@settings(max_examples=60)
@given(st.permutations(sorted(LEVELS)), st.sets(st.sampled_from(sorted(LEVELS)), min_size=1))
def test_rows_of_different_nearness_merge_the_same_in_any_order(order: list[str], chosen: set[str]) -> None:
    usage = stated({pattern: {"k": LEVELS[pattern]} for pattern in order if pattern in chosen})
    assert usage.of('module.m["k"].aws_lb.b[0]') == {"k": max(LEVELS[pattern] for pattern in chosen)}


def test_the_teams_own_statement_wins_over_a_file_as_near_and_over_no_nearer_one() -> None:
    file = stated({"aws_lb": {"a": 1, "b": 1}, "aws_lb.x": {"c": 1, "d": 1}}, "usage.yml")
    own = stated({"aws_lb": {"b": 2, "c": 2}, "aws_lb.x": {"d": 2}})
    assert file.overridden_by(own).of("aws_lb.x") == {"a": 1, "b": 2, "c": 1, "d": 2}


@pytest.mark.parametrize(
    ("pattern", "address", "matches"),
    [
        ("aws_lb.a[*]", "aws_lb.a[0]", True),
        ("aws_lb.a[*]", 'aws_lb.a["x.y"]', True),
        ("aws_lb.a[*]", "aws_lb.a", False),
        ("aws_lb.a", "aws_lb.a[0]", False),
        ("module.m[*].aws_lb.a", 'module.m["k"].aws_lb.a', True),
        ("module.*.aws_lb.a", "module.m.module.n.aws_lb.a", True),
        ("*", "aws_lb.a", True),
        ("aws_lb.*b*b", "aws_lb.b", False),
        ("aws_lb.*b*b", "aws_lb.bb", True),
        ("aws_lb", 'module.m["aws_vpc.x"].aws_lb.a[0]', True),
        ("aws_lb", "aws_lb_listener.a", False),
    ],
)
def test_what_a_pattern_speaks_of(pattern: str, address: str, matches: bool) -> None:
    [row] = stated({pattern: {"k": 1}}).rows
    assert row.matches(address) is matches
    assert bool(GivenUsage((row,)).of(address)) is matches


PARTS = st.sampled_from(["module", "m", "aws_lb", "a", ".", ".", "[0]", '["k.x"]', "[*]", "*", "["])


@settings(max_examples=300)
@given(
    st.lists(PARTS).map("".join), st.sampled_from(["aws_lb.a", "module.m[0].aws_lb.a[0]", 'module.a.aws_lb.m["k.x"]'])
)
def test_looking_up_by_name_finds_what_the_pattern_matches(pattern: str, address: str) -> None:
    row = UsageEntry(pattern, {"k": Fraction(1)}, "x")
    assert bool(GivenUsage((row,)).of(address)) is row.matches(address)
    assert not unused(GivenUsage((row,)), {address: ["k"]}) or not row.matches(address)


def test_a_pattern_of_many_stars_is_told_from_a_long_address_at_once() -> None:
    assert not UsageEntry("*a" * 500 + "b", {"k": Fraction(1)}, "x").matches("a" * 100_000)


@pytest.mark.parametrize("address", ["", "x", "aws_lb", "[", "]]..[[", 'a["'])
def test_what_is_no_address_has_no_type_that_anything_is_stated_for(address: str) -> None:
    assert type_of(address) in ("", "]]")
    assert stated({"aws_lb": {"k": 1}}).of(address) == {}


def test_nested_keys_are_joined_by_dots_and_may_be_written_so() -> None:
    nested = stated({"aws_s3_bucket.a": {"standard": {"storage_gb": 1}, "object_tags": 2}})
    assert nested.of("aws_s3_bucket.a") == stated(
        {"aws_s3_bucket.a": {"standard.storage_gb": "1", "object_tags": 2}}
    ).of("aws_s3_bucket.a")


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), 10**18 + 1, True, [], "", " ", "x" * 101, "-3"])
def test_a_value_that_is_no_amount_is_refused_by_its_key(value: object) -> None:
    with pytest.raises(WorkloadError) as wrong:
        workload_from({"usage": {FUNCTION: {"deep": {"k": value}}}, "people": {"users": -1}}, "glimpse.toml")
    first, second = map(EN.render, wrong.value.problems)
    assert first.startswith("people.users")
    assert second.startswith('usage."aws_lambda_function.a".deep.k must be a number from 0 to 1e18, or a short text')


@pytest.mark.parametrize("table", [{"usage": 7}, {"usage": {FUNCTION: 7}}, {"usage": [1]}])
def test_what_is_no_table_is_refused(table: dict[str, object]) -> None:
    with pytest.raises(WorkloadError) as wrong:
        workload_from(table, "glimpse.toml")
    assert "must be a table" in EN.render(wrong.value.problems[0])


FILE = """\
version: 0.1
resource_type_default_usage:
  aws_lambda_function:
    monthly_requests: 100_000 # a comment
    request_duration_ms: 0.1
  azurerm_lb: {x: [-1]}
resource_usage:
  # aws_lb.commented:
  aws_lb.empty:
  aws_vpc_endpoint:
    monthly_data_processed_gb: 5
  module.m[*].aws_s3_bucket.b:
    object_tags: # nothing
    standard: &standard
      storage_gb: 1e3
      monthly_tier_1_requests: "7"
  'aws_s3_bucket.c["k"]':
    standard:
      <<: *standard
      storage_gb: 2
  google_x.y: [1, 2]
  aws_instance.i:
    operating_system: windows
    reserved_instance_term: 1_year
  aws_data_transfer.seoul:
    region: ap-northeast-2
"""


def test_a_usage_file_is_read_as_it_is(tmp_path: Path) -> None:
    usage = read(tmp_path, FILE)
    assert usage.warnings == ()
    assert usage.of(FUNCTION) == {"monthly_requests": 100_000, "request_duration_ms": Fraction(1, 10)}
    assert usage.of("aws_vpc_endpoint.any") == {"monthly_data_processed_gb": 5}
    bucket = {"standard.storage_gb": 1000, "standard.monthly_tier_1_requests": 7}
    assert usage.of("module.m[0].aws_s3_bucket.b") == bucket
    assert usage.of('aws_s3_bucket.c["k"]') == {**bucket, "standard.storage_gb": 2}
    assert usage.of("aws_instance.i") == {"operating_system": "windows", "reserved_instance_term": "1_year"}
    assert usage.addresses("aws_data_transfer") == ("aws_data_transfer.seoul",)
    assert {type_of(row.pattern) for row in usage.rows} & {"google_x", "aws_lb"} == set()
    assert next(row.line for row in usage.rows if row.pattern == "aws_instance.i") == 22


@pytest.mark.parametrize("text", ["", "# nothing\n", "version: v0.1\n", 'version: "0.1"\nresource_usage:\n', "---\n"])
def test_a_file_without_usage_states_nothing(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == EMPTY


def test_sections_that_nobody_reads_are_named_with_the_near_one(tmp_path: Path) -> None:
    usage = read(tmp_path, "version: 2\nresource_usages: {aws_lb.a: {k: 1}}\nxyz: 1\n")
    assert [(found.line, EN.render(found.what).split(".")[0]) for found in usage.warnings] == [
        (1, "The usage file says version 2"),
        (2, "resource_usages is not a section of a usage file, so nothing in it was read"),
        (3, "xyz is not a section of a usage file, so nothing in it was read"),
    ]
    assert unused(usage, {}) == usage.warnings


LAUGHS = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10))
MERGED = "b0: &b0 {k: 1}\n" + "".join(
    f"b{n}: &b{n} {{{', '.join(f'k{m}: *b{n - 1}' for m in range(10))}}}\n" for n in range(1, 10)
)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("resource_usage: [1]", "usage_file_not_a_map", 1),
        ("- 1", "usage_file_not_a_map", 1),
        ("a: [", "usage_file_not_yaml", 2),
        ("a: *b", "usage_file_not_yaml", 1),
        ("a: &a [*a]", "usage_file_not_yaml", 1),
        ("[" * 10_000, "usage_file_not_yaml", 1),
        ("? [1]\n: 2", "usage_file_not_yaml", 1),
        (b"\xff\xfe\xff", "usage_file_not_yaml", None),
        ("a: \x00", "usage_file_not_yaml", None),
        ("#" * 1_000_001, "usage_file_too_large", None),
        (LAUGHS, "usage_file_too_large", None),
        (MERGED, "usage_file_too_large", None),
        ("resource_usage:\n  aws_lb.a: {k: 1}\n  aws_lb.a: {k: 2}", "usage_file_key_twice", 3),
        ("resource_usage:\n  aws_lb.a: 5", "workload_wants_table", 2),
        ("resource_usage:\n  aws_lb.a:\n    k: -5", "workload_wants_amount", 2),
        ("resource_usage:\n  aws_lb.a: {k: 1e99999999}", "workload_wants_amount", 2),
        ("resource_usage:\n  aws_lb.a: {k: .nan}", "workload_wants_amount", 2),
    ],
)
def test_a_file_that_cannot_be_used_is_one_clear_sentence(
    tmp_path: Path, text: str | bytes, code: str, line: int | None
) -> None:
    wrong = refused(tmp_path, text)
    assert (wrong.why.code, wrong.line) == (code, line)


@settings(max_examples=200)
@given(
    st.lists(st.sampled_from([*FILE.splitlines(True), "  - [a, {b: *standard\n", "? x\n", "<<: [1]\n", "\t", "é\n"]))
)
def test_no_file_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    try:
        read(tmp_path_factory.getbasetemp(), "".join(lines))
    except InputError as wrong:
        assert EN.render(wrong.why)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "no.yml"):
        with pytest.raises(InputError) as wrong:
            read_usage_file(path)
        assert str(path) in EN.render(wrong.value.why)


ASKED = {
    "aws_lambda_function.api": {"monthly_requests", "request_duration_ms"},
    'aws_nat_gateway.a["x"]': {"monthly_data_processed_gb"},
    "aws_nat_gateway.b": {"monthly_data_processed_gb"},
    "aws_vpc.main": set[str](),
}


def warned(table: dict[str, object]) -> list[str]:
    found = unused(stated(table), ASKED)
    assert all(finding.file == "glimpse.toml" and KO.render(finding.what) for finding in found)
    return [EN.render(finding.what) for finding in found]


def test_what_is_asked_for_is_no_mistake_nor_is_a_default_or_a_nought() -> None:
    assert warned({"aws_lambda_function": {"monthly_requests": 1, "unheard_of": 0}, "aws_lb": {"k": 1}}) == []
    assert warned({"*": {"monthly_requests": 1}, "aws_nat_gateway.a[*]": {"monthly_data_processed_gb": 1}}) == []


def test_a_key_that_nothing_asks_for_is_named_with_the_near_one() -> None:
    assert warned({"aws_lambda_function.api": {"monthly_request": 1, "sms_price": 2}, "aws_vpc.main": {"k": 1}}) == [
        "No price of aws_lambda_function.api depends on monthly_request. Did you mean monthly_requests?",
        "No price of aws_lambda_function.api depends on this usage: sms_price.",
        "No price of aws_vpc.main depends on this usage: k.",
    ]


def test_an_address_that_matches_nothing_is_named_with_the_near_one() -> None:
    amounts = {"monthly_data_processed_gb": 1}
    near = ["aws_nat_gateway.a", "aws_lambda_function.apo", "aws_lamda_function.api", "module.q.aws_sqs_queue.z[*]"]
    assert warned(dict.fromkeys(near, amounts)) == [
        "Usage was given for aws_nat_gateway.a, which is not in the stack. Did you mean aws_nat_gateway.a[*]?",
        "Usage was given for aws_lambda_function.apo, which is not in the stack. Did you mean aws_lambda_function.api?",
        "Usage was given for aws_lamda_function.api, which is not in the stack. Did you mean aws_lambda_function.api?",
        "Usage was given for an address that is not in the stack: module.q.aws_sqs_queue.z[*].",
    ]


def test_a_file_about_another_stack_is_one_warning_and_not_thousands() -> None:
    table = {f"aws_sqs_queue.q{number}": {"monthly_requests": 1} for number in range(2_000)}
    asked = {f"aws_sns_topic.t{number}": {"monthly_requests"} for number in range(2_000)}
    [found] = unused(stated(table), asked)
    assert found.what.params["count"] == 2_000


def test_wildcards_in_any_order_of_the_file_come_to_the_same() -> None:
    rows = {"*lb.b*": {"k": 1}, "aws_*.b*": {"k": 2}, "aws_lb.b*": {"k": 3}}
    for order in itertools.permutations(rows):
        assert stated({pattern: rows[pattern] for pattern in order}).of("aws_lb.b[0]") == {"k": 3}


def test_the_command_lays_a_usage_file_under_the_teams_own_statements(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway = 'connectivity_type = "private"\nsubnet_id = "s"'
    body = "".join(f'resource "aws_nat_gateway" "{name}" {{\n{gateway}\n}}\n' for name in "ab")
    (tmp_path / "main.tf").write_text('provider "aws" {\nregion = "us-east-1"\n}\n' + body)
    (tmp_path / "glimpse.toml").write_text('[usage."aws_nat_gateway.a"]\nmonthly_data_processed_gb = 7\n')
    usage = tmp_path / "usage.yml"
    rows = "".join(f"  aws_nat_gateway.{name}: {{monthly_data_processed_gb: 3}}\n" for name in "ab")
    usage.write_text("resource_usage:\n" + rows)
    with pytest.raises(SystemExit) as ended:
        cli.main(["bill", str(tmp_path), "--usage", str(usage), "--format", "json"])
    lines = json.loads(capsys.readouterr().out)["lines"]
    assert not ended.value.code
    assert {line["address"]: line["quantity"] for line in lines if line["unit"] == "GB"} == {
        "aws_nat_gateway.a": "7",
        "aws_nat_gateway.b": "3",
    }
