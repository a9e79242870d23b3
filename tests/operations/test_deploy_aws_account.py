"""What `glimpse deploy` finds in an account before it changes anything, and how AWS's refusals become sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from glimpse.chat.failure import Failure
from glimpse.operations.deployment import Tasks
from glimpse.operations.outside.deploy.account import AwsAccount, Needs, needs_of
from glimpse.operations.outside.deploy.calls import DeployCalls, open_session, record_calls
from glimpse.operations.outside.deploy.clock import FakeClock
from glimpse.operations.outside.deploy.fake_aws import FakeAccount, FakeAws
from glimpse.operations.releases.names import Names
from glimpse.operations.releases.ports import KEPT, NO_BUCKET, NO_STATE
from glimpse.words import Words
from tests.operations.aws_stack import REGION, aws_session, running_ministack
from tests.operations.deploy_calls import Refused, StubbedAws

USER = {"Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/deployer", "UserId": "A"}
SESSION = {**USER, "Arn": "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0a/jo@example.com"}
ZONES = [
    {"ZoneName": f"ap-northeast-2{letter}", "ZoneId": f"apne2-az{number}", "State": "available"}
    for number, letter in enumerate("abc", start=1)
]
FINE: Mapping[str, Any] = {
    "GetCallerIdentity": USER,
    "DescribeRegions": {"Regions": [{"RegionName": REGION, "OptInStatus": "opt-in-not-required"}]},
    "GetServiceQuota": {"Quota": {"Value": 6.0}},
    "DescribeAvailabilityZones": {"AvailabilityZones": ZONES},
    "DescribeVpcs": {"Vpcs": [{"VpcId": "vpc-1"}]},
    "GetRole": {"Role": {"Arn": "arn:aws:iam::111122223333:role/x"}},
}
NEEDS = Needs(on_demand_vcpu=0.75, spot_vcpu=0.5, zones=("ap-northeast-2a", "ap-northeast-2c"))


def missing(
    answers: Mapping[str, Any], needs: Needs = NEEDS, needs_vpc_origins: bool = False
) -> list[tuple[str, Mapping[str, str | int]]]:
    aws = StubbedAws({**FINE, **answers})
    account = AwsAccount(aws.calls, aws.calls, needs)
    account.names("glimpse-prod")
    return list(account.missing(needs_vpc_origins))


def test_an_account_with_everything_lacks_nothing() -> None:
    assert missing({}) == []


def test_a_region_that_is_off_is_the_only_thing_that_is_said() -> None:
    off = {"DescribeRegions": {"Regions": [{"RegionName": REGION, "OptInStatus": "not-opted-in"}]}}
    assert missing({**off, "GetServiceQuota": {"Quota": {"Value": 0.0}}}) == [("deploy_region_off", {"region": REGION})]
    for answer in (Refused("InvalidParameterValue"), {"Regions": []}):
        assert missing({"DescribeRegions": answer}) == [("deploy_region_unknown", {"region": REGION})]


def test_an_organisation_that_allows_no_call_in_another_region_does_not_stop_a_deploy() -> None:
    assert missing({"DescribeRegions": Refused("UnauthorizedOperation")}) == []


def test_a_quota_below_what_the_fullest_moment_of_a_deploy_takes_is_missing() -> None:
    needs = Needs(on_demand_vcpu=2.25, spot_vcpu=7.5)
    [(code, values)] = missing({}, needs)
    assert code == "deploy_quota_too_small"
    assert (values["quota_code"], values["limit"], values["needed"]) == ("L-36FBB829", "6", "7.5")


def test_an_account_that_never_used_fargate_has_the_default_quota() -> None:
    unused = {"GetServiceQuota": Refused("NoSuchResourceException")}
    default = {"GetAWSDefaultServiceQuota": {"Quota": {"Value": 0.25}}}
    found = [values["quota_code"] for _, values in missing({**unused, **default})]
    assert found == ["L-3032A538", "L-36FBB829", "L-F678F1CE"]


@pytest.mark.parametrize(
    ("names", "codes"),
    [(("default", "a", "b"), []), (("default", "a", "b", "c", "d", "e"), ["L-F678F1CE"]),
     (("default", "a", "b", "c", "d", "glimpse-prod"), [])],
)  # fmt: skip
def test_a_full_region_has_no_room_for_another_vpc_but_needs_none_where_ours_is(
    names: tuple[str, ...], codes: list[str]
) -> None:
    vpcs = [{"VpcId": f"vpc-{name}", "Tags": [{"Key": "Name", "Value": name}]} for name in names]
    pages = [{"Vpcs": vpcs[:3], "NextToken": "more"}, {"Vpcs": vpcs[3:]}]
    assert [values["quota_code"] for _, values in missing({"DescribeVpcs": pages})] == codes


def test_a_deploy_needs_twice_its_tasks_and_one_for_the_migration() -> None:
    tasks = Tasks(desired=3, fewest=2, most=9, vcpu=0.5, on_demand=1, spot=2)
    assert needs_of(tasks) == Needs(on_demand_vcpu=1.5, spot_vcpu=2.0)


def test_a_zone_that_the_account_lacks_and_one_without_vpc_origins_are_missing() -> None:
    needs = Needs(zones=("ap-northeast-2a", "ap-northeast-2d"))
    lacking = {"zone": "ap-northeast-2d", "region": "ap-northeast-2", "zones": "apne2-az1, apne2-az2, apne2-az3"}
    assert missing({}, needs) == [("deploy_zone_missing", lacking)]
    found = missing({}, NEEDS, needs_vpc_origins=True)
    assert found == [("deploy_zone_without_vpc_origins", {"zone": "ap-northeast-2a", "zone_id": "apne2-az1"})]


def test_a_zone_may_be_given_by_its_id_as_well() -> None:
    needs = Needs(zones=("apne2-az1", "apne2-az3"))
    assert missing({}, needs) == []
    found = missing({}, needs, needs_vpc_origins=True)
    assert found == [("deploy_zone_without_vpc_origins", {"zone": "ap-northeast-2a", "zone_id": "apne2-az1"})]
    assert [code for code, _ in missing({}, Needs(zones=("apne2-az9",)))] == ["deploy_zone_missing"]


def no_roles(parameters: Mapping[str, Any]) -> Any:
    """An account without service-linked roles, whose administrators come by a role with a path."""
    if parameters["RoleName"].startswith("AWSServiceRoleFor"):
        return Refused("NoSuchEntity")
    return {"Role": {"Arn": f"arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/{parameters['RoleName']}"}}


@pytest.mark.parametrize(
    ("simulated", "codes"),
    [
        ({"EvaluationResults": [{"EvalDecision": "allowed"}]}, set()),
        ({"EvaluationResults": [{"EvalDecision": "implicitDeny"}]}, {"deploy_service_role_missing"}),
        (Refused("AccessDenied"), set()),
    ],
)
def test_a_service_linked_role_is_missing_where_aws_may_not_make_it(simulated: Any, codes: set[str]) -> None:
    found = missing({"GetRole": no_roles, "SimulatePrincipalPolicy": simulated})
    assert {code for code, _ in found} == codes
    assert len(found) == (6 if codes else 0)


def test_the_rights_are_those_of_the_role_behind_a_session() -> None:
    answers = {"GetCallerIdentity": SESSION, "GetRole": no_roles}
    allowed = {"SimulatePrincipalPolicy": {"EvaluationResults": [{"EvalDecision": "allowed"}]}}
    aws = StubbedAws({**FINE, **answers, **allowed})
    account = AwsAccount(aws.calls, aws.calls, NEEDS)
    account.names("glimpse-prod")
    account.missing(needs_vpc_origins=True)
    asked = aws.parameters("SimulatePrincipalPolicy")
    assert len(asked) == 7
    assert {each["PolicySourceArn"] for each in asked} == {
        "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0a"
    }
    assert asked[0]["ContextEntries"][0]["ContextKeyValues"] == ["ecs.amazonaws.com"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("AccessDenied", "deploy_denied"),
        ("ExpiredToken", "aws_credentials_refused"),
        ("ThrottlingException", "aws_throttled"),
        ("InternalFailure", "aws_call_failed"),
    ],
)
def test_each_refusal_is_a_sentence_in_both_languages(code: str, said: str) -> None:
    with pytest.raises(Failure) as caught:
        missing({"GetCallerIdentity": Refused(code)})
    assert caught.value.code == said
    for language in ("en", "ko"):
        assert Words(language)(said, **caught.value.values)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"AWS_PROFILE": "nobody"}, "aws_credentials_broken"),
        ({"AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true"}, "aws_no_credentials"),
        ({"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "B"}, "deploy_no_region"),
    ],
)
def test_the_credential_chain_ends_in_credentials_or_in_a_sentence(
    environment: Mapping[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Failure) as caught:
        open_session(None)
    assert caught.value.code == said


def test_a_recorder_tells_each_call_as_a_policy_names_it() -> None:
    aws, made = StubbedAws(FINE), []
    record_calls(aws.session, made.append)
    account = AwsAccount(aws.calls, aws.calls, NEEDS)
    account.names("glimpse-prod")
    account.missing(needs_vpc_origins=False)
    assert set(made) == {
        "sts:GetCallerIdentity", "ec2:DescribeRegions", "servicequotas:GetServiceQuota",
        "ec2:DescribeAvailabilityZones", "ec2:DescribeVpcs", "iam:GetRole",
    }  # fmt: skip


# ---- The bootstrap's state: the fake, and S3 as ministack has it


@pytest.fixture(scope="module")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_ministack(tmp_path_factory.mktemp("ministack")) as url:
        yield url


@pytest.mark.parametrize("kind", ["fake", "ministack"])
def test_the_account_has_no_bucket_then_one_without_a_state_then_the_state(
    kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "fake":
        fake = FakeAws(FakeClock())
        account: Any = FakeAccount(fake)
        names = account.names("glimpse-test")
        assert account.bootstrap_state(names) == NO_BUCKET
        fake.has_bucket = True
        assert account.bootstrap_state(names) == NO_STATE
        fake.has_bootstrap_state = True
    else:
        monkeypatch.setenv("AWS_ENDPOINT_URL", request.getfixturevalue("ministack"))
        session: boto3.Session = aws_session()
        calls = DeployCalls(session, REGION)
        account = AwsAccount(calls, calls, Needs())
        names = account.names("glimpse-test")
        assert names == Names("glimpse-test", "000000000000", REGION)
        assert account.bootstrap_state(names) == NO_BUCKET
        s3 = session.client("s3")
        s3.create_bucket(Bucket=names.state_bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        assert account.bootstrap_state(names) == NO_STATE
        s3.put_object(Bucket=names.state_bucket, Key="bootstrap.tfstate", Body=b"{}")
    assert account.bootstrap_state(names) == KEPT


def test_a_bucket_of_another_account_is_a_sentence(tmp_path: Path) -> None:
    aws = StubbedAws({**FINE, "HeadBucket": Refused("403")})
    account = AwsAccount(aws.calls, aws.calls, Needs())
    with pytest.raises(Failure) as caught:
        account.bootstrap_state(account.names("glimpse-prod"))
    assert caught.value.code == "deploy_denied"
