"""An AWS account in memory, for rehearsals and tests: what it holds, and the ports that look at it, except for ECS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

from msgspec import Struct, field

from glimpse.chat.failure import Failure
from glimpse.operations.outside.deploy.clock import FakeClock
from glimpse.operations.releases.names import Names
from glimpse.operations.releases.ports import KEPT, NO_BUCKET, NO_STATE
from glimpse.operations.releases.values import Bills, Image, Secret, TerraformPlan

ACCOUNT, REGION = "111122223333", "ap-northeast-2"
"""AWS's documentation writes this number for an account."""

Missing = Sequence[tuple[str, Mapping[str, str | int]]]


class Killed(BaseException):
    """The process of a deploy ends here, as with SIGKILL: nothing may catch it."""


class FakeAws(Struct, eq=False):
    """
    What an account holds, and what is wrong with it. A test or a rehearsal sets the second part. `delegation_seconds`:
    how long after the bootstrap ACM issues the certificates.
    """

    clock: FakeClock
    domain: str = "chat.example.com"

    has_bucket: bool = False
    has_bootstrap_state: bool = False
    zone_since: float | None = None
    images: dict[str, Image] = field(default_factory=dict)
    """By tag."""

    parameters: dict[str, str] = field(default_factory=dict)
    secret_names: set[str] = field(default_factory=set)
    """Of the values that a task needs to start."""

    migrated: set[str] = field(default_factory=set)
    """Digests whose `glimpse migrate` has run."""

    migrated_after: set[str] = field(default_factory=set)

    tag: str = "3f9c2a7d1e04"
    missing: Missing = ()
    has_credentials: bool = True
    delegation_seconds: float = 150.0
    broken: set[str] = field(default_factory=set)
    """Digests whose tasks run but never answer a health check."""

    def digest_of(self, tag: str) -> str:
        return "sha256:" + sha256(tag.encode()).hexdigest()

    def start_problem(self, digest: str) -> str | None:
        """Why a task with this image never runs, in ECS's words."""
        if digest not in {image.digest for image in self.images.values()}:
            return (
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "
                f"{digest}: not found"
            )
        empty = sorted(name for name in self.secret_names if name not in self.parameters)
        if empty:
            return (
                "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval "
                f"failed: unable to retrieve secrets from ssm: invalid parameters: {', '.join(empty)}"
            )
        return None

    def serves(self, digest: str) -> bool:
        """A task refuses a database that was not migrated for it."""
        return digest not in self.broken and digest in self.migrated


class FakeAccount:
    def __init__(self, aws: FakeAws) -> None:
        self._aws = aws

    def names(self, name: str) -> Names:
        if not self._aws.has_credentials:
            raise Failure("aws_no_credentials")
        return Names(name, ACCOUNT, REGION)

    def bootstrap_state(self, names: Names) -> str:
        if not self._aws.has_bucket:
            return NO_BUCKET
        return KEPT if self._aws.has_bootstrap_state else NO_STATE

    def missing(self, needs_vpc_origins: bool) -> Missing:
        return self._aws.missing


class FakeTools:
    def missing(self) -> Missing:
        return ()


class FakeCertificates:
    def __init__(self, aws: FakeAws) -> None:
        self._aws = aws

    def pending(self, arns: Sequence[str]) -> Sequence[str]:
        since = self._aws.zone_since
        is_issued = since is not None and self._aws.clock.now() >= since + self._aws.delegation_seconds
        return () if is_issued else (self._aws.domain,)


class FakeImages:
    def __init__(self, aws: FakeAws) -> None:
        self._aws = aws

    def tag(self) -> str:
        return self._aws.tag

    def find(self, repository: str, tag: str) -> Image | None:
        return self._aws.images.get(tag)

    def digest_exists(self, repository: str, digest: str) -> bool:
        return any(image.digest == digest for image in self._aws.images.values())

    def build_and_push(self, address: str, tag: str, architecture: str) -> Image:
        self._aws.clock.sleep(45.0)
        # A tag cannot be moved: pushing one that is there changes nothing.
        return self._aws.images.setdefault(tag, Image(address, tag, self._aws.digest_of(tag)))


class FakeSecrets:
    def __init__(self, aws: FakeAws) -> None:
        self._aws = aws

    def has_value(self, secret: Secret) -> bool:
        return secret.name in self._aws.parameters

    def put(self, secret: Secret, value: str) -> None:
        # The real one does not overwrite, either.
        self._aws.parameters.setdefault(secret.name, value)

    def read_plain(self, name: str) -> str | None:
        return self._aws.parameters.get(name)

    def put_plain(self, name: str, value: str) -> None:
        self._aws.parameters[name] = value


class FakePrices:
    """No plan is priced in a rehearsal: there is none."""

    def __init__(self, bills: Bills) -> None:
        self._bills = bills

    def bills(self, plan: TerraformPlan) -> Bills:
        return self._bills


class FakeVerifier:
    def verify(self) -> int:
        return 0
