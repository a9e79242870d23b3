"""
The values and certificates that `glimpse deploy` needs: one contract for the fakes and for the real ports.

moto answers for Parameter Store, Secrets Manager and ACM in this process, ministack for Parameter Store. ministack gives
a new secret a value, and lets a second one take the first one's version; AWS and moto do neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import moto
import pytest

from glimpse.chat.failure import Failure
from glimpse.operations.outside.deploy.calls import DeployCalls
from glimpse.operations.outside.deploy.certificates import AcmCertificates
from glimpse.operations.outside.deploy.clock import FakeClock
from glimpse.operations.outside.deploy.fake_aws import FakeAws, FakeCertificates, FakeSecrets
from glimpse.operations.outside.deploy.secrets import AwsSecrets
from glimpse.operations.releases.ports import Secrets
from glimpse.operations.releases.values import Secret
from tests.operations.aws_stack import REGION, aws_session, running_ministack
from tests.operations.deploy_calls import Refused, StubbedAws

NAME = "/glimpse-prod/jwt-signing-keys"
PARAMETER = Secret(NAME, "parameter_store", "random")
SECRET = Secret("glimpse-prod/jwt-signing-keys", "secrets_manager", "random")


@pytest.fixture(scope="module")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_ministack(tmp_path_factory.mktemp("ministack")) as url:
        yield url


class Store:
    """Secrets, and how to look at a value without them."""

    def __init__(self, secrets: Secrets, fake: FakeAws | None = None, session: Any = None) -> None:
        self.secrets, self._fake, self._session = secrets, fake, session

    def value(self) -> str:
        if self._fake is not None:
            return self._fake.parameters[NAME]
        answer = self._session.client("ssm").get_parameter(Name=NAME, WithDecryption=True)
        return str(answer["Parameter"]["Value"])


@pytest.fixture(params=["fake", "moto", "ministack"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    if request.param == "fake":
        fake = FakeAws(FakeClock())
        yield Store(FakeSecrets(fake), fake=fake)
    elif request.param == "moto":
        with moto.mock_aws():
            session = aws_session()
            yield Store(AwsSecrets(DeployCalls(session, REGION)), session=session)
    else:
        monkeypatch.setenv("AWS_ENDPOINT_URL", request.getfixturevalue("ministack"))
        session = aws_session()
        yield Store(AwsSecrets(DeployCalls(session, REGION)), session=session)


def test_a_value_that_is_there_is_never_replaced(store: Store) -> None:
    assert not store.secrets.has_value(PARAMETER)
    store.secrets.put(PARAMETER, "first")
    assert store.secrets.has_value(PARAMETER)
    store.secrets.put(PARAMETER, "second")
    assert store.value() == "first"


def test_the_last_good_digest_is_a_plain_parameter_that_is_replaced(store: Store) -> None:
    name = "/glimpse-prod/image-digest"
    assert store.secrets.read_plain(name) is None
    for digest in ("sha256:1", "sha256:2"):
        store.secrets.put_plain(name, digest)
        assert store.secrets.read_plain(name) == digest


@pytest.fixture
def session() -> Iterator[Any]:
    with moto.mock_aws():
        yield aws_session()


def test_parameters_are_encrypted_and_cost_nothing(session: Any) -> None:
    AwsSecrets(DeployCalls(session, REGION)).put(PARAMETER, "first")
    [found] = session.client("ssm").describe_parameters()["Parameters"]
    assert (found["Type"], found["Tier"]) == ("SecureString", "Standard")


def test_a_secret_gets_its_first_value_and_a_second_deploy_adds_none(session: Any) -> None:
    manager, secrets = session.client("secretsmanager"), AwsSecrets(DeployCalls(session, REGION))
    assert not secrets.has_value(SECRET), "Terraform has not made the secret"
    manager.create_secret(Name=SECRET.name)
    assert not secrets.has_value(SECRET), "it has no value"
    secrets.put(SECRET, "first")
    assert secrets.has_value(SECRET)
    secrets.put(SECRET, "second")
    assert manager.get_secret_value(SecretId=SECRET.name)["SecretString"] == "first"


def test_a_move_takes_the_value_of_a_secret_along_that_terraform_has_just_deleted(session: Any) -> None:
    manager, secrets = session.client("secretsmanager"), AwsSecrets(DeployCalls(session, REGION))
    manager.create_secret(Name=SECRET.name, SecretString="kept")
    manager.delete_secret(SecretId=SECRET.name)
    assert not secrets.has_value(SECRET)
    secrets.put(PARAMETER, "new")
    assert Store(secrets, session=session).value() == "kept"
    assert "DeletedDate" in manager.describe_secret(SecretId=SECRET.name)


def test_a_move_to_parameter_store_takes_the_value_along(session: Any) -> None:
    session.client("secretsmanager").create_secret(Name=SECRET.name, SecretString="kept")
    secrets = AwsSecrets(DeployCalls(session, REGION))
    secrets.put(PARAMETER, "new")
    assert Store(secrets, session=session).value() == "kept"


def test_a_move_to_secrets_manager_takes_the_value_along(session: Any) -> None:
    manager = session.client("secretsmanager")
    session.client("ssm").put_parameter(Name=NAME, Value="kept", Type="SecureString")
    manager.create_secret(Name=SECRET.name)
    AwsSecrets(DeployCalls(session, REGION)).put(SECRET, "new")
    assert manager.get_secret_value(SecretId=SECRET.name)["SecretString"] == "kept"


def test_asking_whether_there_is_a_value_decrypts_nothing() -> None:
    answers = {
        "GetParameter": {"Parameter": {"Value": "AQICAHg"}},
        "DescribeSecret": {"VersionIdsToStages": {"a": ["AWSCURRENT"]}},
    }
    aws = StubbedAws(answers)
    assert AwsSecrets(aws.calls).has_value(PARAMETER)
    assert AwsSecrets(aws.calls).has_value(SECRET)
    assert aws.parameters("GetParameter") == [{"Name": NAME, "WithDecryption": False}]


@pytest.mark.parametrize("operation", ["PutParameter", "DescribeSecret"])
def test_no_failure_has_a_value_in_it(operation: str) -> None:
    answers = {"DescribeSecret": Refused("ResourceNotFoundException"), operation: Refused("AccessDeniedException")}
    with pytest.raises(Failure) as caught:
        AwsSecrets(StubbedAws(answers).calls).put(PARAMETER, "very-secret")
    assert caught.value.code == "deploy_denied"
    assert "very-secret" not in f"{caught.value!r} {caught.value.values}"


# ---- Certificates


def certificate(status: str, **more: str) -> Mapping[str, Any]:
    return {"Certificate": {"DomainName": "chat.example.com", "Status": status, **more}}


ARN = f"arn:aws:acm:{REGION}:111122223333:certificate/00000000-0000-4000-8000-000000000000"
GLOBAL_ARN = ARN.replace(REGION, "us-east-1")


def test_a_certificate_is_pending_until_it_is_issued_in_the_fake() -> None:
    fake = FakeAws(FakeClock(), delegation_seconds=100)
    certificates = FakeCertificates(fake)
    fake.zone_since = 0.0
    assert certificates.pending([ARN]) == ("chat.example.com",)
    fake.clock.sleep(100)
    assert not certificates.pending([ARN])


def test_a_new_certificate_is_pending_in_acm(session: Any) -> None:
    acm = session.client("acm")
    arn = acm.request_certificate(DomainName="chat.example.com", ValidationMethod="DNS")["CertificateArn"]
    assert AcmCertificates(session).pending([arn]) == ["chat.example.com"]


def test_certificates_of_cloudfront_are_asked_for_in_their_own_region() -> None:
    aws = StubbedAws({"DescribeCertificate": certificate("PENDING_VALIDATION")})
    hosts = []
    aws.session.events.register_first("before-call.acm", lambda params, **_: hosts.append(params["url"]))
    assert AcmCertificates(aws.session).pending([ARN, GLOBAL_ARN, ARN]) == ["chat.example.com"] * 3
    assert hosts == [f"https://acm.{region}.amazonaws.com/" for region in (REGION, "us-east-1", REGION)]


@pytest.mark.parametrize("status", ["FAILED", "EXPIRED", "REVOKED", "VALIDATION_TIMED_OUT"])
def test_a_certificate_that_will_never_be_issued_is_a_sentence(status: str) -> None:
    aws = StubbedAws({"DescribeCertificate": certificate(status, FailureReason="CAA_ERROR")})
    with pytest.raises(Failure) as caught:
        AcmCertificates(aws.session).pending([ARN])
    assert caught.value.values["reason"] == "CAA_ERROR"
