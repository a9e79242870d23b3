"""What a Terraform tree says about its running stack: the `deployment` of `glimpse plan --format json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct, field

from glimpse.chat.failure import Failure


class HealthCheck(Struct, frozen=True):
    """The target group's; the defaults are AWS's own (ELB user guide, health checks)."""

    path: str = "/"
    interval_seconds: int = 30
    timeout_seconds: int = 5
    healthy: int = 5
    unhealthy: int = 2


class Balancer(Struct, frozen=True):
    """
    `target_group`: its name, where it has one. `is_sticky`: by a cookie of the balancer. `has_vpc_origin`: whether
    CloudFront reaches it inside the VPC.
    """

    name: str | None = None
    target_group: str | None = None
    idle_timeout_seconds: int = 60
    deregistration_delay_seconds: int = 300
    is_sticky: bool = False
    has_vpc_origin: bool = False
    health_check: HealthCheck = HealthCheck()


class Tasks(Struct, frozen=True):
    """
    One ECS service. `fewest` and `most` are autoscaling's, or `desired` where nothing scales. `on_demand` and `spot`
    are the placement of `desired` tasks. `environment` has the settings of Glimpse that are known before the apply and
    no secret.
    """

    desired: int
    fewest: int
    most: int
    cluster: str | None = None
    service: str | None = None
    vcpu: float = 0.25
    memory_mib: int = 512
    architecture: str = "X86_64"
    on_demand: int = 0
    spot: int = 0
    stop_timeout_seconds: int = 30
    minimum_healthy_percent: int = 100
    maximum_percent: int = 200
    environment: Mapping[str, str] = field(default_factory=dict)


class Database(Struct, frozen=True):
    """
    `connections`: the fewest `max_connections` that was seen for the class; `reserved`: of these, for PostgreSQL and
    RDS. `standard_support_ends`: an ISO date, where it is known.
    """

    identifier: str | None = None
    engine: str = "postgres"
    version: str | None = None
    instance_class: str | None = None
    storage_gb: int | None = None
    max_storage_gb: int | None = None
    connections: int | None = None
    reserved: int = 5
    standard_support_ends: str | None = None


class Alarm(Struct, frozen=True):
    """
    A CloudWatch alarm as the Terraform writes it. `metrics` are all that it reads, as NAMESPACE/METRIC; `statistic` is
    the first one's. `threshold` is a decimal text.
    """

    address: str
    name: str | None = None
    metrics: Sequence[str] = ()
    statistic: str | None = None
    comparison: str | None = None
    threshold: str | None = None
    period_seconds: int | None = None
    periods: int | None = None


class Deployment(Struct, frozen=True):
    """
    `bus`: "valkey", "redis", "postgresql", or null where tasks do not speak to each other. `domain`: the chat's.
    `zones`: of the subnets, by id (apne2-az3) or by name (ap-northeast-2a), as the files tell them.
    """

    region: str
    tasks: Tasks
    balancer: Balancer = Balancer()
    database: Database | None = None
    bus: str | None = None
    bucket: str | None = None
    domain: str | None = None
    zones: Sequence[str] = ()
    alarms: Sequence[Alarm] = ()

    @property
    def uses_valkey(self) -> bool:
        """Whether the bus is a cache. Valkey serves the clients of Redis, too."""
        return self.bus in ("valkey", "redis")


class DerivedAlarm(Struct, frozen=True):
    """One of the plan's `alarms`. `threshold` is the derived one, null where the design does not tell one."""

    name: str
    document: str
    threshold: str | None = None


class ChecklistBox(Struct, frozen=True):
    """
    One box of the plan document's checklist. `verified_by` are the names of the checks of `glimpse verify` that answer
    it; none where nothing can.
    """

    group: str
    quote: str
    source_line: int
    verified_by: Sequence[str] = ()


class ScenarioCost(Struct, frozen=True):
    name: str
    monthly_usd: str | None = None
    at_least: bool = False


class PlanProblem(Struct, frozen=True):
    """Something that the planner could not read: `code` and `params` of its sentence, and where, if it has a place."""

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    file: str | None = None
    line: int | None = None


class Plan(Struct, frozen=True):
    """
    What `operations` needs of `glimpse.plan/1`. Where `deployment` is null, `why_no_deployment` is the code of the
    sentence that says why, and `unresolved` is what may be missing from it. `missing_variables` have no value. The
    `document_` fields are what the plan document claims: null for a stack that has no such document.
    """

    deployment: Deployment | None
    monthly_usd: str
    alarms: Sequence[DerivedAlarm] = ()
    checklist: Sequence[ChecklistBox] = ()
    scenarios: Sequence[ScenarioCost] = ()
    recommended: str | None = None
    monthly_messages: float | None = None
    peak_sockets: float | None = None
    document_recovery_seconds: float | None = None
    document_monthly_usd: float | None = None
    why_no_deployment: str | None = None
    missing_variables: Sequence[str] = ()
    unresolved: Sequence[PlanProblem] = ()


class PlanRefused(Failure):
    """The planner could not read the stack: `errors` are its own, the last of them the reason."""

    def __init__(self, errors: Sequence[PlanProblem]) -> None:
        super().__init__(errors[-1].code, **errors[-1].params)
        self.errors = errors


class _Sentence(Struct, frozen=True):
    params: Mapping[str, str | int] = field(default_factory=dict)


class _Alarm(Struct, frozen=True):
    name: str
    document: str
    derived: _Sentence | None = None

    def value(self) -> DerivedAlarm:
        threshold = self.derived.params.get("value") if self.derived else None
        return DerivedAlarm(self.name, self.document, None if threshold is None else str(threshold))


class _Figure(Struct, frozen=True):
    name: str
    value: float


class _Range(Struct, frozen=True):
    max: float


class _Claim(Struct, frozen=True):
    id: str
    claimed: _Range


class _Workload(Struct, frozen=True):
    derived: Sequence[_Figure] = ()


class _Variable(Struct, frozen=True):
    name: str


class _Bill(Struct, frozen=True):
    monthly_usd: str
    missing_variables: Sequence[_Variable] = ()
    unresolved: Sequence[PlanProblem] = ()


class _PlanDocument(Struct, frozen=True, tag_field="schema", tag="glimpse.plan/1"):
    today: _Bill
    workload: _Workload
    deployment: msgspec.Raw = field(default_factory=msgspec.Raw)
    alarms: Sequence[_Alarm] = ()
    checks: Sequence[ChecklistBox] = ()
    claims: Sequence[_Claim] = ()
    scenarios: Sequence[ScenarioCost] = ()
    recommended: str | None = None


class _Errors(Struct, frozen=True, tag_field="schema", tag="glimpse.errors/1"):
    errors: Sequence[PlanProblem]


def plan_of(document: bytes) -> Plan:
    """
    The plan that `glimpse plan --format json` printed. Raises PlanRefused where it printed errors, and Failure
    (`plan_unreadable`) for anything else.
    """
    try:
        found = msgspec.json.decode(document, type=_PlanDocument | _Errors, strict=False)
    except msgspec.MsgspecError as error:
        raise Failure("plan_unreadable", detail=str(error)[:200]) from None
    if isinstance(found, _Errors):
        raise PlanRefused(found.errors)
    deployment, why = _deployment(found.deployment)
    figures = {row.name: row.value for row in found.workload.derived}
    claimed = {claim.id: claim.claimed.max for claim in found.claims}
    return Plan(
        deployment=deployment,
        monthly_usd=found.today.monthly_usd,
        alarms=tuple(alarm.value() for alarm in found.alarms),
        checklist=found.checks,
        scenarios=found.scenarios,
        recommended=found.recommended,
        monthly_messages=figures.get("monthly_messages"),
        peak_sockets=figures.get("peak_sockets"),
        document_recovery_seconds=claimed.get("recovery"),
        document_monthly_usd=claimed.get("total_after"),
        why_no_deployment=why,
        missing_variables=tuple(variable.name for variable in found.today.missing_variables),
        unresolved=found.today.unresolved,
    )


def _deployment(document: msgspec.Raw) -> tuple[Deployment | None, str | None]:
    """The deployment; without one, the code that says why."""
    if not bytes(document):
        return None, "deployment_missing"
    try:
        return msgspec.json.decode(document, type=Deployment), None
    except msgspec.ValidationError:
        # The planner leaves out what it does not know, and only the numbers of tasks have no default here.
        return None, "deployment_tasks_unknown"
