"""`glimpse deploy`: from a clone to a verified service on AWS, and every release after it."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from msgspec.structs import replace

from glimpse.chat.failure import Failure
from glimpse.operations.deployment import Deployment, Plan, PlanRefused
from glimpse.operations.options import DeployOptions, Say
from glimpse.operations.outside.plan import read_plan
from glimpse.operations.releases.dry_run import dry_run
from glimpse.operations.releases.names import IMAGE_VARIABLE
from glimpse.operations.releases.ports import BOOTSTRAP, ENVIRONMENT, Confirm, Ports, Tell
from glimpse.operations.releases.progress import DeployRequest
from glimpse.operations.releases.steps import run_deploy
from glimpse.operations.releases.values import Bills, TerraformPlan

if TYPE_CHECKING:
    from glimpse.operations.outside.deploy.builders import Builder
    from glimpse.operations.outside.deploy.terraform import Roots

INTERRUPTED = 130
"""As a shell reports the end by Ctrl-C."""

SECRET_BYTES = 32
"""What HS256 needs (RFC 7518, 3.2)."""

RESERVED_DOMAINS = ("example.com", "example.net", "example.org", ".example", ".invalid", ".localhost", ".test")
"""Nobody owns these (RFC 2606), and Route 53 refuses a zone under some of them."""

INDENT = "  "
DOCKERFILE = "infrastructure/docker/Dockerfile"
AUTHORITIES = "infrastructure/docker/rds-global-bundle.pem"


def run(options: DeployOptions, say: Say) -> int:
    """The exit code. Raises Failure where nothing can be read."""
    from glimpse.operations.outside.deploy.terraform import Roots

    roots = Roots.of(options.arguments, options.region)
    if options.is_dry_run:
        name = _known(asyncio.run(read_plan(roots.plan_arguments())), options)[0]
        print("\n".join(dry_run(name, say)))
        return 0
    if options.rehearsal is not None:
        return _rehearse(options, options.rehearsal, roots, say)
    return _deploy(options, roots, say)


def _deploy(options: DeployOptions, roots: Roots, say: Say) -> int:
    plan = asyncio.run(read_plan(roots.plan_arguments()))
    name, domain, deployment = _known(plan, options)
    if domain.endswith(RESERVED_DOMAINS):
        raise Failure("deploy_domain_reserved", domain=domain)
    if missing := [variable for variable in plan.missing_variables if variable != IMAGE_VARIABLE]:
        raise Failure("deploy_variables_missing", names=", ".join(missing))
    request = DeployRequest(
        name, domain, deployment.tasks.architecture, deployment.balancer.has_vpc_origin, options.image,
        options.asks, options.is_agreed,
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="glimpse-deploy-") as scratch:
        ports = _ports(request, deployment, roots, Path(scratch), say)
        return _interruptible(lambda: run_deploy(request, ports))


def _known(plan: Plan, options: DeployOptions) -> tuple[str, str, Deployment]:
    """The name of the environment, its domain, and the rest. Raises Failure where the files do not tell them."""
    deployment = plan.deployment
    if deployment is None or not deployment.tasks.cluster or not deployment.domain:
        raise Failure("deploy_name_unknown", path=options.arguments[0])
    return deployment.tasks.cluster, deployment.domain, deployment


def _ports(request: DeployRequest, deployment: Deployment, roots: Roots, scratch: Path, say: Say) -> Ports:
    """Those of AWS itself."""
    from glimpse.operations.outside.aws.calls import GLOBAL_REGION
    from glimpse.operations.outside.deploy.account import AwsAccount, needs_of
    from glimpse.operations.outside.deploy.builders import find_builder
    from glimpse.operations.outside.deploy.calls import DeployCalls, open_session
    from glimpse.operations.outside.deploy.certificates import AcmCertificates
    from glimpse.operations.outside.deploy.clock import SystemClock
    from glimpse.operations.outside.deploy.ecs import EcsContainers
    from glimpse.operations.outside.deploy.images import EcrImages
    from glimpse.operations.outside.deploy.prices import PlannedPrices
    from glimpse.operations.outside.deploy.secrets import AwsSecrets
    from glimpse.operations.outside.deploy.terraform import TerraformProgram
    from glimpse.operations.outside.deploy.tools import LocalTools
    from glimpse.operations.outside.deploy.verifier import ChildVerifier

    tell, clock = _tell(say), SystemClock()
    session, region = open_session(deployment.region)
    calls = DeployCalls(session, region)
    account = AwsAccount(calls, DeployCalls(session, GLOBAL_REGION), needs_of(deployment.tasks, deployment.zones))

    def find() -> Builder | None:
        return find_builder((), lambda line: tell("deploy_builder_line", line=line))

    images = EcrImages(calls, _repository(roots), find)

    def needs_builder() -> bool:
        names = account.names(request.name)
        return request.image is None and images.find(names.repository, images.tag()) is None

    return Ports(
        account=account,
        tools=LocalTools(lambda: find() is not None, needs_builder, _repository(roots) / AUTHORITIES, region),
        terraform=TerraformProgram(roots, scratch, tell),
        certificates=AcmCertificates(session),
        images=images,
        secrets=AwsSecrets(calls),
        containers=EcsContainers(calls, clock),
        prices=PlannedPrices(roots.bootstrap, roots.environment, region),
        verifier=ChildVerifier(roots.plan_arguments(), say.language),
        clock=clock,
        random_text=lambda: secrets.token_hex(SECRET_BYTES),
        confirm=_confirm(say),
        tell=tell,
    )


def _repository(roots: Roots) -> Path:
    """The folder of the clone, which the image is made of."""
    return next((above for above in roots.environment.parents if (above / DOCKERFILE).exists()), roots.environment)


def _rehearse(options: DeployOptions, case: str, roots: Roots, say: Say) -> int:
    from glimpse.operations.outside.deploy.rehearsal import rehearsal

    made, tell = rehearsal(case), _tell(say)
    monthly: dict[str, str] = {}
    # The money is that of the real plans, where they can be read: a rehearsal works without.
    with contextlib.suppress(PlanRefused):
        monthly[BOOTSTRAP] = asyncio.run(read_plan([str(roots.bootstrap)], needs_deployment=False)).monthly_usd
        monthly[ENVIRONMENT] = asyncio.run(read_plan(roots.plan_arguments(), needs_deployment=False)).monthly_usd
    tell("deploy_rehearses", name=case)
    # Nothing is spent: where nobody can be asked, a rehearsal goes on.
    request = DeployRequest(
        "glimpse-prod", made.aws.domain, image=options.image, may_ask=options.asks, is_agreed=not options.asks
    )
    ports = made.ports(_confirm(say), tell)
    if ENVIRONMENT in monthly:
        ports = replace(ports, prices=_RehearsedPrices(monthly, is_first=not made.aws.has_bootstrap_state))
    return _interruptible(lambda: run_deploy(request, ports))


class _RehearsedPrices:
    """Implements releases.ports.Prices with what each root costs as a whole, by root."""

    def __init__(self, monthly: Mapping[str, str], is_first: bool) -> None:
        self._monthly, self._is_first = monthly, is_first

    def bills(self, plan: TerraformPlan) -> Bills:
        after = self._monthly[BOOTSTRAP if plan.file.startswith(BOOTSTRAP) else ENVIRONMENT]
        return Bills(None if self._is_first else after, after)


def _interruptible(carry_out: Callable[[], int]) -> int:
    """SIGTERM, by which CI ends a job, counts as Ctrl-C: Terraform then ends in order and lets its lock go."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        return carry_out()
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        signal.signal(signal.SIGTERM, before)


def _tell(say: Say) -> Tell:
    """Prints a sentence at once. What a step says stands under its heading."""
    indent = ""

    def tell(code: str, /, **values: str | int) -> None:
        nonlocal indent
        text, before = say(code, **values), indent
        if code.startswith("deploy_step_"):
            before, indent = "", INDENT
        with contextlib.suppress(OSError):
            print("\n".join(before + line for line in text.splitlines()), file=sys.stderr, flush=True)

    return tell


def _confirm(say: Say) -> Confirm:
    def ask(question: str) -> bool:
        from glimpse.operations.outside.confirmation import confirm

        return asyncio.run(confirm(INDENT + say(question)))

    return ask
