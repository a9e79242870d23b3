"""App Runner, Amplify, AppSync, Cognito, MWAA, CloudFormation, and what builds and keeps code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from glimpse.planner.outside.terraform_files.block import Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.reader import StackItem, alone
from glimpse.planner.resources.airflow import (
    INCLUDED_SCHEDULERS,
    INCLUDED_WEBSERVERS,
    INCLUDED_WORKERS,
    AirflowEnvironment,
)
from glimpse.planner.resources.amplify import AmplifyApp
from glimpse.planner.resources.app_runner import AppRunnerService
from glimpse.planner.resources.app_sync import EventApi, GraphqlApi, GraphqlCache
from glimpse.planner.resources.cloud_formation import StackOperations
from glimpse.planner.resources.code_build import (
    ArtifactRepository,
    BuildFleet,
    BuildProject,
    Pipeline,
    SourceRepository,
)
from glimpse.planner.resources.cognito import UserPool
from glimpse.planner.resources.tracing import Traces
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced

AMOUNT = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(vcpu|gb)?\s*$", re.IGNORECASE)
UNITS_PER_WHOLE = 1024


def app_runner(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    instance, source = values.block("instance_configuration"), values.block("source_configuration")
    own = source.boolean("auto_deployments_enabled")
    yield AppRunnerService(
        block.origin,
        vcpu=_whole(instance.text("cpu") or "1024"),  # both are what App Runner takes where nothing is said
        memory_gb=_whole(instance.text("memory") or "2048"),
        provisioned=_provisioned(block, tree),
        builds=bool(source.blocks("code_repository")),
        deploys=own is not False,
    )
    if values.block("observability_configuration").boolean("observability_enabled"):
        yield Traces(block.origin)


def _whole(text: str) -> Fraction:
    """`1024` and `1 vCPU` are one, and so are `1024` and `1 GB`; an amount of another form is none."""
    match = AMOUNT.match(text)
    if not match:
        return Fraction(0)
    return Fraction(match[1]) if match[2] else Fraction(match[1]) / UNITS_PER_WHOLE


def _provisioned(block: Block, tree: Tree) -> int | None:
    """The instances that stand at all times: one, unless a scaling configuration says more."""
    argument, type_ = "auto_scaling_configuration_arn", "aws_apprunner_auto_scaling_configuration_version"
    if not block.values.has(argument):
        return 1
    for row in tree.references(block, argument, type_):
        return row.values.known.integer("min_size") if row.values.has("min_size") else 1
    return None


def amplify(block: Block, tree: Tree) -> Iterator[StackItem]:
    compute = block.values.block("job_config").text("build_compute_type") or "STANDARD_8GB"
    yield AmplifyApp(block.origin, block.values.text("platform") in ("WEB_COMPUTE", "WEB_DYNAMIC"), compute)


def graphql_api(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield GraphqlApi(block.origin, bool(block.values.blocks("enhanced_metrics_config")))
    if block.values.boolean("xray_enabled"):
        yield Traces(block.origin)


def event_api(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield EventApi(block.origin)
    if block.values.boolean("xray_enabled"):
        yield Traces(block.origin)


def graphql_cache(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield GraphqlCache(block.origin, block.values.text("type") or "?")


def user_pool(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    plan = (values.text("user_pool_tier") or "ESSENTIALS").capitalize()  # the default since November 2024
    mode = values.block("user_pool_add_ons").text("advanced_security_mode")
    yield UserPool(block.origin, plan, mode in ("AUDIT", "ENFORCED"), values.has("sms_configuration"))


def airflow(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    yield AirflowEnvironment(
        block.origin,
        (values.text("environment_class") or "mw1.small").lower(),
        values.integer("min_workers") or INCLUDED_WORKERS,
        values.integer("schedulers") or INCLUDED_SCHEDULERS,
        values.integer("min_webservers") or INCLUDED_WEBSERVERS,
    )


NAMESPACES = re.compile(r'"?Type"?\s*:\s*["\']?([A-Za-z0-9*]+)::')
FREE_NAMESPACES = {"AWS", "Alexa", "Custom"}


def stack(block: Block, tree: Tree) -> Iterator[StackItem]:
    """What a template makes is charged as whatever it is, and is not read."""
    if not _by_aws_alone(block):
        yield StackOperations(block.origin)
    yield Unpriced(block.origin, "Resources of the template", say("template_unread"))


def stack_set(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Its instances make the resources; here are the operations alone."""
    yield block.origin if _by_aws_alone(block) else StackOperations(block.origin)


def _by_aws_alone(block: Block) -> bool:
    """Whether all that a template names is in the namespaces of which operations cost nothing."""
    template = block.values.known.arguments.get("template_body")
    namespaces = set(NAMESPACES.findall(template)) if isinstance(template, str) else set()
    return bool(namespaces) and namespaces <= FREE_NAMESPACES


SYSTEMS = {
    "ARM_CONTAINER": "Linux ARM",
    "ARM_EC2": "Linux ARM",
    "ARM_LAMBDA_CONTAINER": "Linux ARM",
    "LINUX_GPU_CONTAINER": "Linux GPU",
    "MAC_ARM": "macOS ARM",
}


def _compute(text: str | None) -> str:
    """BUILD_GENERAL1_SMALL as the pricing page has it: general1.small."""
    return (text or "?").removeprefix("BUILD_").lower().replace("_", ".")


def _system(text: str | None) -> str:
    kind = text or "LINUX_CONTAINER"
    return SYSTEMS.get(kind, "Windows" if kind.startswith("WINDOWS") else "Linux")


def build_project(block: Block, tree: Tree) -> Iterator[StackItem]:
    environment = block.values.block("environment")
    server = environment.block("docker_server")
    project = BuildProject(
        block.origin,
        _compute(environment.text("compute_type")),
        _system(environment.text("type")),
        _compute(server.text("compute_type")) if server.has("compute_type") else None,
        on_fleet=bool(environment.blocks("fleet")),
    )
    yield block.origin if project.on_fleet and not project.docker_server else project


def build_fleet(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Its least capacity stands all the time; up to `max_capacity` more is charged as it comes."""
    values = block.values
    machines, compute = values.known.integer("base_capacity"), _compute(values.text("compute_type"))
    yield BuildFleet(block.origin, machines, compute, _system(values.text("environment_type")))
    if _may_grow(values, machines or 0):
        yield Unpriced(block.origin, "Scaling of the fleet", say("part_unknown"))


def _may_grow(values: Values, machines: int) -> bool:
    scaling = values.block("scaling_configuration")
    most = scaling.known.integer("max_capacity")
    return scaling.is_unknown("max_capacity") or (most is not None and most > machines)


def pipeline(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield Pipeline(block.origin, block.values.text("pipeline_type") or "V1")


READERS = {
    "aws_apprunner_service": app_runner,
    "aws_amplify_app": amplify,
    "aws_appsync_graphql_api": graphql_api,
    "aws_appsync_api": event_api,
    "aws_appsync_api_cache": graphql_cache,
    "aws_cognito_user_pool": user_pool,
    "aws_mwaa_environment": airflow,
    "aws_cloudformation_stack": stack,
    "aws_cloudformation_stack_set": stack_set,
    "aws_codebuild_project": build_project,
    "aws_codebuild_fleet": build_fleet,
    "aws_codepipeline": pipeline,
    "aws_codeartifact_repository": alone(ArtifactRepository),
    "aws_codecommit_repository": alone(SourceRepository),
}
