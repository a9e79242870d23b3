"""API Gateway, Lambda and ElastiCache Serverless: what is charged by use instead of by the hour."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree, role
from glimpse.planner.outside.terraform_files.families.databases import BUS, CACHE_ENGINES
from glimpse.planner.outside.terraform_files.families.found import Found
from glimpse.planner.resources.function import REQUESTS, SOCKETS, Function
from glimpse.planner.resources.gateway import HttpApi, WebSocketApi
from glimpse.planner.resources.serverless_cache import ServerlessCache
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced

API, INTEGRATION = "aws_apigatewayv2_api", "aws_apigatewayv2_integration"
DEFAULT_MEMORY_MIB = 128


def api(block: Block, tree: Tree) -> Iterator[Found]:
    if block.values.text("protocol_type") == "WEBSOCKET":
        yield WebSocketApi(block.origin)
    else:
        yield HttpApi(block.origin, hears_sockets=any(_of_sockets(row, tree) for row in _callers(block, tree)))


def function(block: Block, tree: Tree) -> Iterator[Found]:
    values = block.values
    if (values.block("ephemeral_storage").integer("size") or 512) > 512:
        yield Unpriced(block.origin, "Lambda ephemeral storage", say("part_unknown"))
    if values.blocks("snap_start"):
        yield Unpriced(block.origin, "Lambda SnapStart", say("part_unknown"))
    answers = {SOCKETS if _of_sockets(row, tree) else REQUESTS for row in _callers(block, tree)}
    answers |= {REQUESTS for row in tree.of(API) if block in tree.certain_references(row, "target")}
    arch = next(iter(values.items("architectures") or ("x86_64",)))
    yield Function(block.origin, values.integer("memory_size") or DEFAULT_MEMORY_MIB, str(arch), frozenset(answers))


def provisioned(block: Block, tree: Tree) -> Iterator[Found]:
    yield Unpriced(block.origin, "Provisioned concurrency", say("part_unknown"))


def serverless_cache(block: Block, tree: Tree) -> Iterator[Found]:
    engine = block.values.text("engine") or "redis"
    least = block.values.block("cache_usage_limits").block("data_storage").integer("minimum") or 0
    yield ServerlessCache(block.origin, CACHE_ENGINES.get(engine, engine), role(block.values) == BUS, least)


def _callers(target: Block, tree: Tree) -> tuple[Block, ...]:
    """The integrations that hand something to the target, which itself is not the API they belong to."""
    return tuple(
        row
        for row in tree.of(INTEGRATION)
        if target in tree.certain_references(row, "integration_uri")
        and target not in tree.certain_references(row, "api_id")
    )


def _of_sockets(integration: Block, tree: Tree) -> bool:
    homes = tree.certain_references(integration, "api_id", API)
    return any(home.values.text("protocol_type") == "WEBSOCKET" for home in homes)


READERS = {
    API: api,
    "aws_lambda_function": function,
    "aws_lambda_provisioned_concurrency_config": provisioned,
    "aws_elasticache_serverless_cache": serverless_cache,
}
CARRIERS = {
    "aws_apigatewayv2_api": (HttpApi, WebSocketApi),
    "aws_elasticache_serverless_cache": (ServerlessCache,),
    "aws_lambda_function": (Function,),
}
