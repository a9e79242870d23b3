"""Terraform in memory, for rehearsals and tests: the two roots, their states, and what an apply makes of the fakes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from glimpse.chat.failure import Failure
from glimpse.operations.outside.deploy.fake_aws import ACCOUNT, REGION, FakeAws, Killed
from glimpse.operations.outside.deploy.fake_ecs import FakeEcs
from glimpse.operations.releases.names import IMAGE_VARIABLE, MIGRATION, Names
from glimpse.operations.releases.ports import BOOTSTRAP, ENVIRONMENT, nothing
from glimpse.operations.releases.progress import POLL_SECONDS
from glimpse.operations.releases.values import Change, ServiceState, TerraformPlan

BOOTSTRAP_RESOURCES = (
    "aws_s3_bucket.state",
    "module.dns.aws_acm_certificate.this",
    "module.dns.aws_route53_zone.this",
    "module.ecr.aws_ecr_repository.this",
)
FOUNDATION = (
    "module.ecs.aws_ecs_cluster.this",
    "module.networking.aws_vpc.this",
    "module.rds.aws_db_instance.this",
    "module.roles.aws_iam_role.task",
    "module.secrets.aws_iam_role_policy.parameters",
)
"""What a migration needs. All of it exists before the rest is applied."""

REST = (
    "module.balancer.aws_lb.this",
    "module.elasticache.aws_elasticache_replication_group.this",
    "module.monitoring.aws_budgets_budget.this",
    "module.monitoring.aws_sns_topic.this",
)
MIGRATE_DEFINITION = "module.ecs.aws_ecs_task_definition.migrate"
DEFINITION = "module.ecs.aws_ecs_task_definition.this"
SERVICE = "module.ecs.aws_ecs_service.this"
OF_AN_IMAGE = (MIGRATE_DEFINITION, MIGRATION, DEFINITION, SERVICE)
SERVICE_SECONDS = 1800.0
"""The timeout of the service in the module `ecs`."""


class _Planned(Struct, frozen=True):
    root: str
    changes: Sequence[Change]
    digest: str


class FakeTerraform:
    """
    Implements releases.ports.Terraform. An instance is one machine: a local state stays with it. Steps in the wrong
    order raise Failure, as Terraform's would. `dies_after`: so many resources more are made before the process is
    killed, in the middle of an apply.
    """

    def __init__(self, aws: FakeAws, ecs: FakeEcs, secrets: Sequence[Mapping[str, str]]) -> None:
        self._aws, self._ecs, self._secrets = aws, ecs, secrets
        self._has_local_state = False
        self._open: dict[str, bool] = {}
        self._made: dict[str, str] = {}
        """The states: addresses, and the digest where a resource has one."""

        self._names = Names("", ACCOUNT, REGION)
        self._planned: dict[str, _Planned] = {}
        self._serial = 0
        self.dies_after: int | None = None

    def on_another_machine(self) -> FakeTerraform:
        """Another clone of the repository: it sees what is in the state bucket."""
        other = FakeTerraform(self._aws, self._ecs, self._secrets)
        other._made = {
            address: value
            for address, value in self._made.items()
            if not (self._has_local_state and address in BOOTSTRAP_RESOURCES)
        }
        return other

    def open(self, root: str, names: Names, is_kept: bool = True) -> bool:
        if is_kept and not self._aws.has_bucket:
            raise Failure("deploy_rehearsal_order", step=f"open {root}", needs=names.state_bucket)
        self._names, self._open[root] = names, is_kept
        return is_kept or self._has_local_state

    def keep_state(self, names: Names) -> None:
        if not self._has_local_state:
            raise Failure("deploy_rehearsal_order", step="keep_state", needs="terraform.tfstate")
        self._aws.has_bootstrap_state, self._has_local_state, self._open[BOOTSTRAP] = True, False, True

    def plan(self, root: str, variables: Mapping[str, str], target: str | None = None) -> TerraformPlan:
        self._require(root in self._open, f"plan {root}", "terraform init")
        digest = variables.get(IMAGE_VARIABLE, "")
        wanted: dict[str, str]
        if root == BOOTSTRAP:
            wanted = dict.fromkeys(BOOTSTRAP_RESOURCES, "")
        else:
            wanted = {**dict.fromkeys(FOUNDATION, ""), **dict.fromkeys((MIGRATE_DEFINITION, MIGRATION), digest)}
            if target is None:
                wanted |= {**dict.fromkeys(REST, ""), **dict.fromkeys((DEFINITION, SERVICE), digest)}
        made = self._refreshed()
        changed = {address for address, value in wanted.items() if made.get(address) != value}
        if DEFINITION in changed and root != BOOTSTRAP:
            # A new revision has a new ARN, whatever the service runs now.
            changed.add(SERVICE)
        changes = [
            Change(address, _type(address), ("update",) if address in made else ("create",))
            for address in sorted(changed)
        ]
        self._serial += 1
        file = f"{root}-{self._serial}.tfplan"
        self._planned[file] = _Planned(root, changes, digest)
        return TerraformPlan(changes, file, f"{file}.json")

    def apply(self, root: str, plan: TerraformPlan, look: Callable[[], None] = nothing) -> None:
        planned = self._planned[plan.file]
        # What does not wait for the service is made also where the service fails.
        for change in sorted(planned.changes, key=lambda change: change.address == SERVICE):
            if self.dies_after is not None:
                self.dies_after -= 1
                if self.dies_after < 0:
                    raise Killed
            self._make(change.address, planned.digest)
            self._made[change.address] = planned.digest if change.address in OF_AN_IMAGE else ""
            self._aws.clock.sleep(5.0)
            if change.address == SERVICE:
                self._wait_until_steady(planned.digest, look)

    def outputs(self, root: str) -> Mapping[str, object]:
        repository = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{self._names.repository}"
        if root == BOOTSTRAP:
            self._require(BOOTSTRAP_RESOURCES[0] in self._made, "outputs", "apply")
            certificate = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/00000000-0000-4000-8000-000000000000"
            return {
                "state_bucket": self._names.state_bucket,
                "repository_url": repository,
                "zone_id": "Z0000000000000000000",
                "name_servers": ["ns-1.awsdns-00.com", "ns-513.awsdns-00.net"],
                "certificate_arns": [certificate],
            }
        self._require(MIGRATION in self._made, "outputs", "apply")
        definition = self._ecs.register(self._names.migrate_family, self._made[MIGRATION])
        service: Mapping[str, object] = {}
        if DEFINITION in self._made:
            served = self._ecs.register(self._names.task_family, self._made[DEFINITION])
            service = {"service": {"task_definition": served}}
        return {
            **service,
            "migration": {
                "cluster": self._names.cluster,
                "task_definition": definition,
                "subnets": ["subnet-0a", "subnet-0c"],
                "security_groups": ["sg-0"],
                "assign_public_ip": True,
            },
            "secrets": list(self._secrets),
            "repository_url": repository,
            "cluster_name": self._names.cluster,
            "service_name": "glimpse-api",
            "url": f"https://{self._aws.domain}",
        }

    def _refreshed(self) -> Mapping[str, str]:
        """The state, after a look at what ECS has made of the service: the circuit breaker changes it."""
        return {**self._made, SERVICE: self._ecs.digest} if SERVICE in self._made else self._made

    def _make(self, address: str, digest: str) -> None:
        effects: Mapping[str, Callable[[], None]] = {
            "aws_s3_bucket.state": self._make_bucket,
            "module.dns.aws_route53_zone.this": self._make_zone,
            DEFINITION: lambda: self._register(self._names.task_family, digest),
            MIGRATE_DEFINITION: lambda: self._register(self._names.migrate_family, digest),
            SERVICE: lambda: self._deploy(digest),
        }
        if address in effects:
            effects[address]()

    def _make_bucket(self) -> None:
        self._aws.has_bucket = True
        self._has_local_state = not self._open[BOOTSTRAP]

    def _make_zone(self) -> None:
        self._aws.zone_since = self._aws.clock.now()

    def _register(self, family: str, digest: str) -> None:
        self._ecs.register(family, digest)

    def _deploy(self, digest: str) -> None:
        self._ecs.deploy("glimpse-api", self._ecs.register(self._names.task_family, digest))

    def _wait_until_steady(self, digest: str, look: Callable[[], None]) -> None:
        """As the provider waits, and as the service's postcondition fails where ECS went back."""
        clock = self._aws.clock
        began = clock.now()
        while (state := self._ecs.service(self._names.cluster, "glimpse-api")) and not _is_stable(state):
            if clock.now() - began >= SERVICE_SECONDS:
                raise _failed("waiting for ECS Service: timeout while waiting for state to become 'tfSTABLE'")
            clock.sleep(POLL_SECONDS)
            look()
        if self._ecs.digest != digest:
            raise _failed("Resource postcondition failed")

    def _require(self, is_there: bool, step: str, needs: str) -> None:
        if not is_there:
            raise Failure("deploy_rehearsal_order", step=step, needs=needs)


def _is_stable(state: ServiceState) -> bool:
    """Whatever the one deployment is: a rollback as well."""
    return len(state.deployments) == 1 and state.running == state.desired


def _failed(detail: str) -> Failure:
    return Failure("deploy_terraform_failed", command="apply", folder=ENVIRONMENT, detail=f"{SERVICE}: {detail}")


def _type(address: str) -> str:
    return address.removeprefix("module.").rpartition(".")[0].rpartition(".")[2]
