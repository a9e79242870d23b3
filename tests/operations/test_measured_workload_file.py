"""`glimpse workload from-cloudwatch`: the file that gets what was measured, and the metrics that are asked for."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from glimpse.chat.failure import Failure
from glimpse.operations.deployment import PlanRefused
from glimpse.operations.monitoring.measured import Traffic, Value, derive
from glimpse.operations.monitoring.note import note
from glimpse.operations.monitoring.workload_edit import edited, stated_in
from glimpse.operations.options import MeasureOptions
from glimpse.operations.outside.aws import observations
from glimpse.operations.outside.aws.calls import Calls
from glimpse.operations.outside.aws.workload_metrics import MetricReader
from glimpse.operations.workload import run
from glimpse.words import Words
from tests.conftest import OWN
from tests.operations.aws_stack import REGION
from tests.operations.test_measured_workload import END, START, STATED, found, why_kept
from tests.operations.test_watch_aws import STACK
from tests.operations.test_watch_spending import BEST
from tests.operations.watched_account import NOW, Account, Refusal

OWN_FILE = (OWN / "glimpse.toml").read_text(encoding="utf-8")


# ---- Into the file


VALUES = [
    Value("people", "hours", [0.5] * 23 + [1.0], "ActiveConnectionCount, Sum, 1 h"),
    Value("people", "peak_socket_share", 0.31, "ActiveConnectionCount, Sum, 1 h"),
    Value("sizes", "log_bytes_per_event", 310.0, "IncomingBytes, Sum, 1 h"),
]


def test_the_file_keeps_its_comments_and_its_layout() -> None:
    new = edited(OWN_FILE, VALUES, ["CPUUtilization 17 %"], "glimpse.toml")
    changed = [line for line in new.splitlines() if line not in OWN_FILE.splitlines()]
    assert len(changed) == 6
    assert "users, connected at once in the busiest hour; CloudWatch: ActiveConnectionCount, Sum, 1 h" in new
    table, before = tomllib.loads(new), tomllib.loads(OWN_FILE)
    assert table["people"].pop("hours") == [0.5] * 23 + [1]
    assert table["people"].pop("peak_socket_share") == 0.31
    assert table["sizes"].pop("log_bytes_per_event") == 310
    for name in ("hours", "peak_socket_share"):
        del before["people"][name]
    assert table == before


def test_a_second_run_replaces_what_the_first_one_wrote() -> None:
    once = edited(OWN_FILE, VALUES, ["CPUUtilization 17 %"], "glimpse.toml")
    assert edited(once, VALUES, ["CPUUtilization 17 %"], "glimpse.toml") == once
    later = edited(once, VALUES, ["CPUUtilization 90 %"], "glimpse.toml")
    assert "17 %" not in later
    assert later.count("CloudWatch:") == once.count("CloudWatch:")


@pytest.mark.parametrize(
    "text",
    [
        "[people]\nusers = 5",
        "people = {users = 5, peak_socket_share = 0.5}\n",
        "people.users = 5\npeople.peak_socket_share = 1\n",
        "[people]\r\nusers = 5\r\nhours = [1]# keep; me\r\n\r\n[sizes]\r\n",
        "# first\n\n[sizes]\n# second\nlog_bytes_per_event = 1 # third\n[people]\nusers = 5 # fourth\n",
        '[usage."aws_lambda_function"]\nmonthly_requests = 2_000_000\n[people]\nusers = 5\n',
    ],
)
def test_any_way_of_writing_toml_is_edited(text: str) -> None:
    new = edited(text, VALUES, ["a fact"], "glimpse.toml")
    table = tomllib.loads(new)
    assert table["people"]["users"] == 5
    assert table["people"]["peak_socket_share"] == 0.31
    assert table["sizes"]["log_bytes_per_event"] == 310
    for comment in ("first", "second", "third", "fourth", "keep; me"):
        assert (comment in text) == (comment in new)
    assert edited(new, VALUES, ["a fact"], "glimpse.toml") == new


@pytest.mark.parametrize(
    "text", ["", "[people]\n", "[people]\nusers = 0\n", "[people]\nusers = true\n", "people = 5\n"]
)
def test_a_file_without_users_is_refused_because_no_metric_tells_them(text: str) -> None:
    with pytest.raises(Failure) as raised:
        stated_in(text, "glimpse.toml")
    assert raised.value.code == "workload_no_users"


def test_what_is_no_toml_is_refused() -> None:
    with pytest.raises(Failure) as raised:
        stated_in("[people\n", "glimpse.toml")
    assert raised.value.code == "workload_not_toml"


# ---- The command


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    account = Account()

    async def observe(deployment: Any, region: str | None, policy: str) -> observations.AwsObservations:
        return observations.AwsObservations(account.session(), deployment, region, policy)

    monkeypatch.setattr(observations, "observe", observe)
    return account


def measure(output: Path | None, *arguments: str) -> int:
    return run(MeasureOptions(arguments or BEST, output=output), Words("en"))


@pytest.mark.usefixtures("account")
def test_the_measured_file_is_one_that_the_planner_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "glimpse.toml"
    file.write_text(OWN_FILE, encoding="utf-8")
    file.chmod(0o640)
    assert measure(file) == 0
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    assert table["people"]["peak_socket_share"] == pytest.approx(0.3)
    assert file.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [file]
    printed = capsys.readouterr().out
    assert "ActiveConnectionCount" in printed
    assert "With these values the bill is $" in printed
    assert measure(file) == 0
    assert tomllib.loads(file.read_text(encoding="utf-8")) == table


@pytest.mark.usefixtures("account")
def test_without_an_output_no_file_changes(capsys: pytest.CaptureFixture[str]) -> None:
    assert measure(None) == 0
    assert (OWN / "glimpse.toml").read_text(encoding="utf-8") == OWN_FILE
    assert "--output" in capsys.readouterr().out


@pytest.mark.usefixtures("account")
def test_a_file_that_the_planner_refuses_stays_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "glimpse.toml"
    text = OWN_FILE.replace("[sizes]\n", "[sizes]\nunknown_key = 5\n")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PlanRefused):
        measure(file)
    assert file.read_text(encoding="utf-8") == text
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.usefixtures("account")
def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    file, link = tmp_path / "real.toml", tmp_path / "glimpse.toml"
    file.write_text(OWN_FILE, encoding="utf-8")
    link.symlink_to(file)
    assert measure(link) == 0
    assert link.is_symlink()
    assert "CloudWatch:" in file.read_text(encoding="utf-8")


@pytest.mark.usefixtures("account")
def test_a_stack_without_a_workload_says_how_to_make_one(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("")
    with pytest.raises(Failure) as raised:
        measure(None, str(tmp_path))
    assert raised.value.code == "workload_not_beside"


def test_a_stack_without_traffic_changes_nothing(account: Account, tmp_path: Path) -> None:
    account.metrics = {}
    file = tmp_path / "glimpse.toml"
    file.write_text(OWN_FILE, encoding="utf-8")
    assert measure(file) == 0
    assert file.read_text(encoding="utf-8") == OWN_FILE


# ---- Which metrics are asked for


def read(account: Account, days: int = 30) -> tuple[Traffic, int]:
    session = account.session()
    reader = MetricReader(Calls(session, REGION), session, STACK, NOW, days)
    return reader.read(), reader.metrics


def test_metrics_are_of_whole_days_and_counted() -> None:
    account = Account()
    seen, count = read(account)
    assert (seen.start, seen.end, seen.zone_name) == (START - timedelta(days=2), END, "Asia/Seoul")
    asked = [query for action, asked in account.made if action == "cloudwatch:GetMetricData"
             for query in asked["MetricDataQueries"]]  # fmt: skip
    assert count == len(asked)
    names = {query["MetricStat"]["Metric"]["Dimensions"][0]["Value"] for query in asked}
    # Names that only the running task definition knows.
    assert {"glimpse-prod-files-1", "/ecs/glimpse-prod"} <= names


def test_distributions_are_those_of_the_domain_and_asked_in_their_region() -> None:
    account = Account()
    domains = (("E1", "chat.example.com"), ("E2", "files.chat.example.com"), ("E3", "other.example.com"))
    account.metrics["AWS/CloudFront/Requests"] = lambda at: 60.0
    account.metrics["AWS/CloudFront/BytesDownloaded"] = lambda at: 6e6
    account["cloudfront:ListDistributions"] = distributions(domains)
    seen, _ = read(account)
    assert seen.is_behind_cloudfront
    assert seen.series["Requests"][0][1] == 60
    asked = [query["MetricStat"]["Metric"] for action, asked in account.made if action == "cloudwatch:GetMetricData"
             for query in asked["MetricDataQueries"]]  # fmt: skip
    of_files = [
        {d["Name"]: d["Value"] for d in metric["Dimensions"]}
        for metric in asked
        if metric["Namespace"] == "AWS/CloudFront"
    ]
    assert of_files == [{"DistributionId": "E2", "Region": "Global"}] * 2


def distributions(domains: tuple[tuple[str, str], ...]) -> Mapping[str, Any]:
    common: dict[str, Any] = {
        "ARN": "", "Status": "", "LastModifiedTime": NOW, "DomainName": "", "Origins": {"Quantity": 1, "Items": [{"Id": "o", "DomainName": "d"}]},
        "DefaultCacheBehavior": {"TargetOriginId": "", "ViewerProtocolPolicy": "https-only"},
        "CacheBehaviors": {"Quantity": 0}, "CustomErrorResponses": {"Quantity": 0}, "Comment": "", "PriceClass": "",
        "Enabled": True, "ViewerCertificate": {}, "Restrictions": {"GeoRestriction": {"RestrictionType": "", "Quantity": 0}},
        "WebACLId": "", "HttpVersion": "", "IsIPV6Enabled": True, "Staging": False,
    }  # fmt: skip
    items = [{**common, "Id": id_, "Aliases": {"Quantity": 1, "Items": [domain]}} for id_, domain in domains]
    listed = {"Marker": "", "MaxItems": 100, "IsTruncated": False, "Quantity": len(items), "Items": items}
    return {"DistributionList": listed}


def test_nat_gateways_are_added_up() -> None:
    account = Account()
    account["ec2:DescribeNatGateways"] = {"NatGateways": [{"NatGatewayId": f"nat-{n}"} for n in (1, 2)]}
    account.metrics["AWS/NATGateway/BytesInFromDestination"] = lambda at: 1e6
    seen, _ = read(account)
    month = found(derive(seen, STATED))["habits.fetched_gb_a_month"]
    assert month == pytest.approx(2 * 730 / 1000, rel=0.01)


@pytest.mark.parametrize("action", ["cloudwatch:GetMetricData", "ecs:DescribeTaskDefinition", "ecs:DescribeServices"])
def test_a_refused_call_is_the_reason_why_values_are_kept(action: str) -> None:
    account = Account()
    account[action] = Refusal("AccessDenied")
    measured = derive(read(account)[0], STATED)
    assert why_kept(measured, "sizes.stored_mb_per_user") == "aws_denied"


@pytest.mark.parametrize("action", ["ecs:DescribeServices", "cloudfront:ListDistributions"])
def test_a_right_that_is_missing_is_told_with_the_policy_of_the_command(
    account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str], action: str
) -> None:
    account[action] = Refusal("AccessDenied")
    measure(tmp_path / "new.toml")
    text = " ".join(capsys.readouterr().out.split())
    assert f"AWS refuses {action}" in text
    assert "Attach watch-policy.json." in text


def test_a_month_of_metrics_comes_in_pages() -> None:
    account = Account()
    whole = account["cloudwatch:GetMetricData"]

    def paged(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        result = whole(asked)["MetricDataResults"]
        first = not asked.get("NextToken")
        part = slice(None, 100) if first else slice(100, None)
        results = [{**each, "Timestamps": each["Timestamps"][part], "Values": each["Values"][part]} for each in result]
        return {"MetricDataResults": results, "Messages": [], **({"NextToken": "more"} if first else {})}

    account["cloudwatch:GetMetricData"] = paged
    assert read(account)[0].series == read(Account())[0].series


def test_notes_of_facts_are_rendered_in_both_languages() -> None:
    measured = derive(read(Account())[0], STATED)
    assert len(measured.facts) == 4
    for language in ("en", "ko"):
        assert all(fact.text(Words(language)) for fact in measured.facts)
    assert note("workload_fact_storage", mib="51") in measured.facts
