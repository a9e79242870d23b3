"""
Which classes run which engines and versions. A version that nobody knows, or that is not stated where it matters, is
taken to be unsupported. One that names no minor release is kept current by AWS, which no longer offers older ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from glimpse.planner.resources.aurora import AuroraInstance
from glimpse.planner.resources.cache import REDIS, Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.search import SearchDomain

Version = tuple[int, ...]

GRAVITON = re.compile(r"[a-z]\d+gd?\.")

LEAST: Mapping[str, Mapping[str, Mapping[str, Version]]] = {
    "x86": {"PostgreSQL": {"9": (9, 6, 22), "10": (10, 17)}},
    "arm": {
        "PostgreSQL": {"9": (10,), "10": (11,), "11": (12,), "12": (12, 7)},
        "MySQL": {"5": (8,), "8": (8, 0, 25)},
        "MariaDB": {"10": (10, 4)},
    },
}
"""
The least version of each major that a class runs: of m5, r5 and t3, and of m6g, r6g and t4g. A major that is
not listed runs in every version. Source: RDS user guide, "Supported DB engines for DB instance classes" (of t4g, which
asks for MySQL 8.0.25, where m6g asks for 8.0.23).
"""

LEAST_AURORA: Mapping[str, Mapping[str, Version]] = {
    "Aurora PostgreSQL": {"11": (11, 12), "12": (12, 8), "13": (13, 3), "14": (14, 3)},
    "Aurora MySQL": {"1": (2,), "2": (2, 9, 2), "3": (3, 1)},
}
"""The same of Aurora, for r6g and t4g (Aurora user guide, "Supported DB engines for DB instance classes")."""

AURORA_BURSTABLE = ("medium", "large")
"""Sizes of the burstable classes that run every supported version of Aurora (the same table)."""


def database_supports(database: Database, instance_class: str) -> bool:
    """Whether RDS runs a database's engine and version on a class. Oracle, SQL Server and Db2 never run on Graviton."""
    kind = "arm" if GRAVITON.match(instance_class.removeprefix("db.")) else "x86"
    least = LEAST[kind].get(database.engine)
    if least is None:
        return kind == "x86" and database.engine in ("MySQL", "MariaDB")
    return _is_in(database.version, least) if database.version_known else False


def aurora_supports(instance: AuroraInstance, instance_class: str) -> bool:
    """Whether Aurora runs an instance's engine and version on a class."""
    family, _, size = instance_class.removeprefix("db.").partition(".")
    if family in ("t3", "t4g") and size not in AURORA_BURSTABLE:
        return False
    if not GRAVITON.match(f"{family}."):
        # r5 and t3 run all versions that Aurora has left.
        return instance.engine in LEAST_AURORA
    least = LEAST_AURORA.get(instance.engine)
    version = (instance.version or "").rpartition("mysql_aurora.")[2]
    if instance.engine == "Aurora MySQL" and version in ("5.7", "8.0"):
        version = {"5.7": "2", "8.0": "3"}[version]
    return least is not None and instance.version_known and _is_in(version, least)


def cache_supports(cache: Cache, node_type: str) -> bool:
    """Graviton nodes run Redis from 5.0.6 on, Memcached from 1.5.16 on, and Valkey (ElastiCache API, CacheNode)."""
    if not GRAVITON.match(node_type) or cache.engine == "Valkey":
        return True
    least = {"5": (5, 0, 6)} if cache.engine == REDIS else {"1": (1, 5, 16)}
    first = 5 if cache.engine == REDIS else 1
    number = _numbers(cache.version)
    return cache.version_known and bool(number) and number[0] >= first and _is_in(cache.version, least)


def search_supports(domain: SearchDomain, instance_type: str) -> bool:
    """
    m5, c5 and r5 run Elasticsearch from 5.1 on, t3 from 5.6 on, Graviton from 7.9 on and on general purpose disks
    alone; each runs every OpenSearch (OpenSearch Service developer guide, "Supported instance types").
    """
    engine, _, version = (domain.version or "").partition(" ")
    if GRAVITON.match(instance_type) and (domain.disk is None or domain.disk.kind not in ("gp2", "gp3")):
        return False
    if engine == "OpenSearch":
        return True
    least = (7, 9) if GRAVITON.match(instance_type) else (5, 6) if instance_type.startswith("t3.") else (5, 1)
    return engine == "Elasticsearch" and _numbers(version) >= least


def _is_in(version: str | None, least: Mapping[str, Version]) -> bool:
    """Whether a version is at least the one listed for its major. A version that is shorter stands for its newest."""
    numbers = _numbers(version)
    if not numbers:
        return False
    wanted = least.get(str(numbers[0]), ())
    return numbers >= wanted[: len(numbers)]


def _numbers(version: str | None) -> Version:
    found = re.match(r"\d+(?:\.\d+)*", version or "")
    return tuple(map(int, found[0].split("."))) if found else ()
