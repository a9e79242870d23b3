"""Engines: Valkey for Redis, and versions for which nothing is charged beyond the instance."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from glimpse.planner.extended_support import AURORA_MYSQL, AURORA_POSTGRESQL, MYSQL, POSTGRESQL, support_of
from glimpse.planner.levers.class_support import database_supports
from glimpse.planner.levers.lever import SAME_FOR_LESS, TERRAFORM, Lever
from glimpse.planner.resources.aurora import AuroraInstance, DatabaseCluster
from glimpse.planner.resources.cache import REDIS, Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.eks import STANDARD_UNTIL, Cluster
from glimpse.planner.resources.serverless_cache import ServerlessCache
from glimpse.planner.stack import Resource, Stack

VALKEY, VALKEY_VERSION = "Valkey", "8.0"
"""Valkey began as Redis 7.2, with its protocol and commands; ElastiCache has 7.2 and 8.0 (its user guide)."""

SUPPORTED = {
    POSTGRESQL: "17", AURORA_POSTGRESQL: "17", MYSQL: "8.4", AURORA_MYSQL: "8.0.mysql_aurora.3.08.0", REDIS: "7.1",
}  # fmt: skip
"""
The version that stays longest in standard support among those with a known calendar (extended_support.py): the oldest
that is in standard support today may leave it next month, and a major upgrade is work each time. ElastiCache has no end
for Redis 7.
"""

R = TypeVar("R", Database, AuroraInstance, DatabaseCluster)


def valkey_node(stack: Stack) -> Stack:
    """
    The same caches with Valkey, which speaks Redis's protocol: replication groups and serverless ones. A cluster of one
    node cannot be made with Valkey (ElastiCache API, CreateCacheCluster).
    """

    def nodes(cache: Cache) -> Cache:
        if cache.engine != REDIS or not cache.in_group:
            return cache
        stated = cache.version is not None or not cache.version_known
        return replace(cache, engine=VALKEY, version=VALKEY_VERSION if stated else None, version_known=True)

    def serverless(cache: ServerlessCache) -> ServerlessCache:
        return replace(cache, engine=VALKEY) if cache.engine == REDIS else cache

    return stack.each(Cache, nodes).each(ServerlessCache, serverless)


def supported_engines(stack: Stack) -> Stack:
    """
    Versions that extended support is or will be charged for, upgraded. A version that is not stated or not known is
    left alone, and so is one that its owner kept out of extended support: AWS upgrades that by itself.
    """
    return (
        stack.each(Database, _upgraded)
        .each(AuroraInstance, _upgraded)
        .each(DatabaseCluster, _upgraded)
        .each(Cache, _upgraded_cache)
    )


def supported_kubernetes(stack: Stack) -> Stack:
    """
    EKS clusters that extended support is or will be charged for, upgraded; as above where that is not known. Node
    images of Amazon Linux 2 end with 1.32 (EKS user guide, "EKS AL2 AMI deprecation FAQs").
    """
    return stack.each(Cluster, _upgraded_cluster)


def _upgraded(database: R) -> R:
    wanted = SUPPORTED.get(database.engine)
    if not (wanted and database.version_known and database.extended_support):
        return database
    if isinstance(database, Database) and not _can_run(database, wanted):
        return database
    return replace(database, version=wanted) if _ends_before(database.engine, database.version, wanted) else database


def _can_run(database: Database, version: str) -> bool:
    """
    Whether the class of a database runs a version, and it is no replica: those are upgraded with their source (RDS user
    guide, "Upgrades of the RDS for PostgreSQL DB engine"), and have what it says of extended support.
    """
    new = replace(database, version=version)
    return database.replicates is False and database_supports(new, database.instance_class or "")


def _upgraded_cache(cache: Cache) -> Resource:
    old = cache.engine == REDIS and cache.version_known and support_of(REDIS, cache.version) is not None
    return replace(cache, version=SUPPORTED[REDIS]) if old else cache


def _upgraded_cluster(cluster: Cluster) -> Resource:
    """The newest version whose end of standard support is known."""
    newest = max(STANDARD_UNTIL, key=lambda version: STANDARD_UNTIL[version])
    until = STANDARD_UNTIL.get(cluster.version or "")
    if not (cluster.extends and cluster.version_known and until) or until >= STANDARD_UNTIL[newest]:
        return cluster
    return replace(cluster, version=newest)


def _ends_before(engine: str, version: str | None, wanted: str) -> bool:
    """Whether a version is charged earlier than another one."""
    own, other = support_of(engine, version), support_of(engine, wanted)
    return own is not None and (other is None or own.begins < other.begins)


LEVERS = (
    Lever(
        "valkey_node", "cache engine", SAME_FOR_LESS, valkey_node, TERRAFORM, "variable",
        edit={"cache_engine": "valkey"},
    ),
    Lever("supported_engines", "engine version", SAME_FOR_LESS, supported_engines, TERRAFORM, "config"),
    Lever("supported_kubernetes", "cluster version", SAME_FOR_LESS, supported_kubernetes, TERRAFORM, "config"),
)  # fmt: skip
