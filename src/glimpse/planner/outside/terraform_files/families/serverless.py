"""API Gateway and Lambda: what is charged by use instead of by the hour."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.reader import StackItem, certainly_referring
from glimpse.planner.resources.function import (
    FREE_EPHEMERAL_MIB,
    REQUESTS,
    SOCKETS,
    Function,
    ProvisionedConcurrency,
)
from glimpse.planner.resources.gateway import ApiCache, HttpApi, RestApi, WebSocketApi
from glimpse.planner.resources.tracing import Traces
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced

API, INTEGRATION = "aws_apigatewayv2_api", "aws_apigatewayv2_integration"
FUNCTION, DISTRIBUTION = "aws_lambda_function", "aws_cloudfront_distribution"
DEFAULT_MEMORY_MIB = 128


def api(block: Block, tree: Tree) -> Iterator[StackItem]:
    if block.values.text("protocol_type") == "WEBSOCKET":
        yield WebSocketApi(block.origin)
    else:
        yield HttpApi(block.origin, hears_sockets=any(_of_sockets(row, tree) for row in _callers(block, tree)))


def function(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    if values.blocks("capacity_provider_config"):
        yield Unpriced(block.origin, "Lambda Managed Instances", say("part_unknown"))
    if values.block("tracing_config").text("mode") == "Active":
        yield Traces(block.origin)
    answers = {SOCKETS if _of_sockets(row, tree) else REQUESTS for row in _callers(block, tree)}
    answers |= {REQUESTS for _ in certainly_referring(block, "target", API, tree)}
    runtime = values.known.text("runtime") or "unknown"
    yield Function(
        block.origin,
        values.integer("memory_size") or DEFAULT_MEMORY_MIB,
        _architecture(values),
        frozenset(answers),
        ephemeral_mib=values.block("ephemeral_storage").integer("size") or FREE_EPHEMERAL_MIB,
        at_edge=_is_at_edge(block, tree),
        streams=_streams(block, tree),
        snapshots=_takes_snapshots(values) and not runtime.startswith("java"),
        durable=bool(values.blocks("durable_config")),
        per_tenant=values.block("tenancy_config").text("tenant_isolation_mode") == "PER_TENANT",
    )


def _architecture(values: Values) -> str:
    return str(next(iter(values.known_items("architectures") or ("x86_64",))))


def _takes_snapshots(values: Values) -> bool:
    return values.block("snap_start").text("apply_on") == "PublishedVersions"


def _is_at_edge(block: Block, tree: Tree) -> bool:
    """Whether a distribution calls it: only Lambda@Edge runs what a distribution names."""
    return any(
        certainly_referring(block, f"{behavior}.lambda_function_association.lambda_arn", DISTRIBUTION, tree)
        for behavior in ("default_cache_behavior", "ordered_cache_behavior")
    )


def _streams(block: Block, tree: Tree) -> bool:
    """Whether its address answers as a stream."""
    return any(
        row.values.known.text("invoke_mode") == "RESPONSE_STREAM" and _is_of(row, block, tree)
        for row in tree.of("aws_lambda_function_url")
    )


def _is_of(row: Block, function: Block, tree: Tree) -> bool:
    """Whether a block names a function: by reference, by its name or by its ARN."""
    if function in tree.certain_references(row, "function_name", FUNCTION):
        return True
    said, name = row.values.known.text("function_name"), function.values.known.text("function_name")
    return bool(said and name) and (said or "").rpartition(":")[2] == name


def provisioned(block: Block, tree: Tree) -> Iterator[StackItem]:
    """What its environments cost follows from the function, wherever that stands."""
    found = next((row for row in tree.of(FUNCTION) if _is_of(block, row, tree)), None)
    yield ProvisionedConcurrency(
        block.origin,
        block.values.known.integer("provisioned_concurrent_executions"),
        (found.values.integer("memory_size") or DEFAULT_MEMORY_MIB) if found else None,
        _architecture(found.values) if found else None,
    )


def rest_api(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield RestApi(block.origin)


def stage(block: Block, tree: Tree) -> Iterator[StackItem]:
    """A stage of a REST API: its calls are the API's, its cache is its own."""
    values = block.values
    found: list[StackItem] = []
    if values.boolean("cache_cluster_enabled"):
        found.append(ApiCache(block.origin, values.known.text("cache_cluster_size")))
    if values.boolean("xray_tracing_enabled"):
        found.append(Traces(block.origin))
    yield from found or (block.origin,)


def _callers(target: Block, tree: Tree) -> tuple[Block, ...]:
    """The integrations that hand something to the target, which itself is not the API they belong to."""
    return tuple(
        row
        for row in certainly_referring(target, "integration_uri", INTEGRATION, tree)
        if target not in tree.certain_references(row, "api_id")
    )


def _of_sockets(integration: Block, tree: Tree) -> bool:
    homes = tree.certain_references(integration, "api_id", API)
    return any(home.values.text("protocol_type") == "WEBSOCKET" for home in homes)


READERS = {
    API: api,
    "aws_api_gateway_rest_api": rest_api,
    "aws_api_gateway_stage": stage,
    FUNCTION: function,
    "aws_lambda_provisioned_concurrency_config": provisioned,
}
CARRIERS = {
    "aws_apigatewayv2_api": (HttpApi, WebSocketApi),
    FUNCTION: (Function,),
}
