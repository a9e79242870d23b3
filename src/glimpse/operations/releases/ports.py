"""
What a deploy needs of the world. Every method may raise Failure; none waits longer than a single call of AWS, or than
the program that it runs. `outside/deploy` has the real ones, and the fakes of a rehearsal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from glimpse.operations.releases.names import Names
from glimpse.operations.releases.values import (
    Bills,
    Image,
    MigrationTask,
    Secret,
    ServiceState,
    TaskResult,
    TerraformPlan,
)

BOOTSTRAP, ENVIRONMENT = "bootstrap", "environment"
"""The two roots of the Terraform."""

NO_BUCKET, NO_STATE, KEPT = "no_bucket", "no_state", "kept"
"""What the account has of the bootstrap's state: no state bucket, a bucket without that state, or the state."""


def nothing() -> None:
    """What a look does where nobody looks."""


class Account(Protocol):
    """What the credentials are and what the account allows."""

    def names(self, name: str) -> Names: ...

    def bootstrap_state(self, names: Names) -> str:
        """NO_BUCKET, NO_STATE or KEPT."""
        ...

    def missing(self, needs_vpc_origins: bool) -> Sequence[tuple[str, Mapping[str, str | int]]]:
        """Codes of sentences, with their values, for each thing that is missing: rights, quotas, zones."""
        ...


class Tools(Protocol):
    def missing(self) -> Sequence[tuple[str, Mapping[str, str | int]]]:
        """Codes of sentences for each program that is missing or too old."""
        ...


class Terraform(Protocol):
    """`root` is BOOTSTRAP or ENVIRONMENT."""

    def open(self, root: str, names: Names, is_kept: bool = True) -> bool:
        """
        Initialise the root with its backend: the state bucket, or a local state where `is_kept` is false, as it is
        for the first bootstrap. Whether that local state exists; true for the bucket.
        """
        ...

    def keep_state(self, names: Names) -> None:
        """Move the bootstrap's local state into the state bucket."""
        ...

    def plan(self, root: str, variables: Mapping[str, str], target: str | None = None) -> TerraformPlan: ...

    def apply(self, root: str, plan: TerraformPlan, look: Callable[[], None] = nothing) -> None:
        """`look` is called every few seconds while it runs, and raises no Failure."""
        ...

    def outputs(self, root: str) -> Mapping[str, object]: ...


class Certificates(Protocol):
    def pending(self, arns: Sequence[str]) -> Sequence[str]:
        """The domain names of the certificates that ACM has not issued yet."""
        ...


class Images(Protocol):
    def tag(self) -> str:
        """Of the working tree: the commit, or the commit and a hash of what differs from it."""
        ...

    def find(self, repository: str, tag: str) -> Image | None: ...

    def digest_exists(self, repository: str, digest: str) -> bool: ...

    def build_and_push(self, address: str, tag: str, architecture: str) -> Image: ...


class Secrets(Protocol):
    def has_value(self, secret: Secret) -> bool: ...

    def put(self, secret: Secret, value: str) -> None: ...

    def read_plain(self, name: str) -> str | None:
        """A parameter that is no secret: the last good digest."""
        ...

    def put_plain(self, name: str, value: str) -> None: ...


class Containers(Protocol):
    """ECS."""

    def run_task(self, task: MigrationTask, command: Sequence[str]) -> str:
        """
        Start a one-off task, or find the one that a killed deploy has started; its ARN. `command` is what follows the
        word `glimpse`.
        """
        ...

    def task_result(self, cluster: str, task: str) -> TaskResult | None:
        """None while it runs."""
        ...

    def service(self, cluster: str, service: str) -> ServiceState | None:
        """None where there is no such service."""
        ...


class Prices(Protocol):
    def bills(self, plan: TerraformPlan) -> Bills: ...


class Verifier(Protocol):
    def verify(self) -> int:
        """The exit code of `glimpse verify --on aws`, whose report it prints."""
        ...


class Clock(Protocol):
    def now(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


Confirm = Callable[[str], bool]
"""Called with the code of a question; whether the person says yes."""

Tell = Callable[..., None]
"""Called with the code of a sentence and its values."""


class Ports(Struct, frozen=True):
    """`random_text` gives a new secret: at least 32 characters that need no quoting."""

    account: Account
    tools: Tools
    terraform: Terraform
    certificates: Certificates
    images: Images
    secrets: Secrets
    containers: Containers
    prices: Prices
    verifier: Verifier
    clock: Clock
    random_text: Callable[[], str]
    confirm: Confirm
    tell: Tell
