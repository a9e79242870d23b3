"""What a deploy reads from Terraform and AWS, as values."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct


class Image(Struct, frozen=True):
    """`address` is the repository's; what runs is `address@digest`. The tag only helps people."""

    address: str
    tag: str
    digest: str


class Change(Struct, frozen=True):
    """One resource that a plan changes. `actions` as Terraform names them: create, update, delete."""

    address: str
    type: str
    actions: tuple[str, ...]


class TerraformPlan(Struct, frozen=True):
    """
    `file` is the saved plan, `json_file` what `terraform show -json` prints of it. `changes_state`: whether an apply
    would write outputs or addresses into the state, even where no resource changes. `root`: BOOTSTRAP or ENVIRONMENT.
    """

    changes: Sequence[Change]
    file: str
    json_file: str
    changes_state: bool = False
    root: str = "environment"

    @property
    def is_empty(self) -> bool:
        return not self.changes and not self.changes_state


class MigrationTask(Struct, frozen=True):
    """How a one-off task starts: the output `migration` of the environment."""

    cluster: str
    task_definition: str
    subnets: Sequence[str]
    security_groups: Sequence[str]
    assign_public_ip: bool


class Secret(Struct, frozen=True):
    """
    A value that the tasks need and Terraform never sees: the output `secrets` of the environment. `store` is
    parameter_store or secrets_manager; `kind` says how a value is made: random, or rsa_key (given by a person).
    """

    name: str
    store: str
    kind: str


class TaskResult(Struct, frozen=True):
    """How a one-off task ended. `exit_code` is None where its container never ran; `reason` is ECS's own text."""

    task: str
    exit_code: int | None
    reason: str = ""
    log: Sequence[str] = ()


class ServiceDeployment(Struct, frozen=True):
    """One deployment of an ECS service, as DescribeServices tells it."""

    id: str
    status: str
    rollout_state: str
    rollout_reason: str
    task_definition: str
    desired: int
    running: int
    pending: int
    failed: int


class ServiceEvent(Struct, frozen=True):
    """`at` is in seconds since 1970."""

    id: str
    at: float
    message: str


class ServiceState(Struct, frozen=True):
    """Events are in the order in which they happened."""

    desired: int
    running: int
    deployments: Sequence[ServiceDeployment]
    events: Sequence[ServiceEvent]


class Bills(Struct, frozen=True):
    """
    Monthly USD as decimal texts: before (None: nothing runs yet) and after. `lines` are those that change:
    (address and component, before, after), 0.00 where there is no such line. `is_least` where a part has no price.
    `budget` is the monthly budget that the plan sets, if it sets one.
    """

    before: str | None
    after: str
    lines: Sequence[tuple[str, str, str]] = ()
    is_least: bool = False
    budget: str | None = None
