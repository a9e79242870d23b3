"""
The levers: named changes of a stack, each with what it edits, what implements it, its effort and its risk.

A lever is a function Stack → Stack; where it has nothing to change it gives the same stack back.
`docs/how-to/add-a-lever.md` lists what to touch for a new one.
"""

from __future__ import annotations

from collections.abc import Mapping

from glimpse.planner.levers import bus, network, rewrites, tasks, upkeep
from glimpse.planner.levers.lever import BOTH, PLANNED, PURCHASE, TERRAFORM, Lever, each_service

LEVERS: Mapping[str, Lever] = {
    lever.name: lever
    for lever in (
        Lever("task_count", "desired", each_service(tasks.task_count), TERRAFORM, "variable", {"desired_count": 2}),
        Lever("min_capacity", "fewest", each_service(tasks.min_capacity), TERRAFORM, "variable", {"min_capacity": 1}),
        Lever("spot_base", "base", each_service(tasks.spot_base), TERRAFORM, "variable", {"fargate_base": 0}),
        Lever("on_demand_pair", "base", each_service(tasks.on_demand_pair), TERRAFORM, "variable", {"fargate_base": 2}),
        Lever(
            "spot_weights",
            "weights",
            each_service(tasks.spot_weights),
            TERRAFORM,
            "variable",
            {"fargate_weight": 10, "fargate_spot_weight": 90},
        ),
        Lever("arm", "processor", each_service(tasks.arm), TERRAFORM, "config", {"cpu_architecture": "ARM64"}),
        Lever(
            "night_off",
            "night",
            each_service(tasks.night_off),
            TERRAFORM,
            "variable",
            {"environment": "development", "night_off": "true"},
        ),
        Lever("valkey_node", "bus", bus.valkey_node, TERRAFORM, "variable", {"cache_engine": "valkey"}),
        Lever(
            "valkey_serverless",
            "bus",
            bus.valkey_serverless,
            TERRAFORM,
            "code",
            {"bus": "cache_serverless", "cache_engine": "valkey"},
        ),
        Lever("bus_postgresql", "bus", bus.bus_postgresql, BOTH, "config", {"bus": "postgresql"}),
        Lever("parameters", "secrets", upkeep.parameters, TERRAFORM, "config", {"secret_store": "parameter_store"}),
        Lever("nat_gateway", "egress", network.nat_gateway, TERRAFORM, "variable", {"egress": "nat_gateway"}),
        Lever("task_addresses", "egress", network.task_addresses, TERRAFORM, "config", {"egress": "task_addresses"}),
        Lever("ipv6_only", "egress", network.ipv6, TERRAFORM, "code", {"egress": "ipv6_only"}),
        Lever("ipv6_dual_stack", "egress", network.ipv6, PLANNED, "config"),
        Lever(
            "cloudfront_ingress", "ingress", network.cloudfront_ingress, TERRAFORM, "config", {"ingress": "cloudfront"}
        ),
        Lever(
            "cloudfront_downloads",
            "downloads",
            network.cloudfront_downloads,
            BOTH,
            "config",
            {"downloads": "cloudfront"},
        ),
        Lever("log_retention", "log days", upkeep.log_retention, TERRAFORM, "variable", {"log_retention_days": 7}),
        Lever("log_sample", "log lines", each_service(tasks.log_sample), PLANNED, "code", {"log_sample_percent": 10}),
        Lever("reserved_database", "reserved database", upkeep.reserved_database, PURCHASE, "none"),
        Lever("reserved_cache", "reserved cache", upkeep.reserved_cache, PURCHASE, "none"),
        Lever(
            "presigned_uploads",
            "uploads",
            each_service(tasks.presigned_uploads),
            BOTH,
            "code",
            {"uploads": "presigned"},
        ),
        Lever(
            "keep_alive",
            "keep-alive",
            each_service(tasks.keep_alive),
            BOTH,
            "config",
            {"keep_alive_seconds": 65},
            priced=False,
        ),
        Lever("pool_size", "pool", each_service(tasks.pool_size), BOTH, "config", {"database_pool": 1}, priced=False),
        Lever("api_gateway_websocket", "architecture", rewrites.api_gateway_websocket, PLANNED, "migration"),
        Lever("serverless", "architecture", rewrites.serverless, PLANNED, "migration"),
    )
}
