"""The module `elasticache`: the cache that carries events between tasks."""

import re

from tests.infrastructure.terraform_plans import ENVIRONMENT, Plan, block, source


def test_the_cache_is_one_that_elasticache_offers(plan: Plan) -> None:
    cache_group = plan.one("aws_elasticache_replication_group")
    versions = {"redis": {"6.2", "7.0", "7.1"}, "valkey": {"7.2", "8.0", "8.1"}}
    assert cache_group["engine_version"] in versions[cache_group["engine"]]
    assert re.fullmatch(r"cache\.t4g\.(micro|small|medium)", cache_group["node_type"])
    assert cache_group["num_cache_clusters"] == 1
    assert cache_group["automatic_failover_enabled"] is False, "failover needs a second node"
    assert cache_group["multi_az_enabled"] is False
    assert cache_group["transit_encryption_enabled"] is True
    assert cache_group["at_rest_encryption_enabled"] in {True, "true"}


def test_a_serverless_cache_keeps_nothing_and_cannot_run_up_a_bill(plans: dict[str, Plan]) -> None:
    cache = plans["gateway_and_serverless"].one("aws_elasticache_serverless_cache")
    assert (cache["engine"], cache["major_engine_version"]) == ("redis", "7")
    limits = block(cache, "cache_usage_limits")
    storage, work = block(limits, "data_storage"), block(limits, "ecpu_per_second")
    assert (storage["maximum"], storage["unit"], work["maximum"]) == (1, "GB", 1000)
    assert cache["snapshot_retention_limit"] == 0
    written = plans["gateway_and_serverless"].written["module.elasticache.aws_elasticache_serverless_cache.this"]
    assert "aws_security_group.this[0]" in written["security_group_ids"]["references"]
    assert written["subnet_ids"]["references"] == ["var.subnet_ids"]
    (written_limits,) = written["cache_usage_limits"]
    for limit in written_limits.values():
        assert "minimum" not in limit[0], "a minimum is billed whether it is used or not"


def test_the_service_is_told_what_carries_its_events() -> None:
    assert re.search(r"GLIMPSE_BUS_URL += module\.elasticache\.url$", source(str(ENVIRONMENT), "main.tf"), re.MULTILINE)


def test_a_cache_of_another_network_type_or_engine_has_another_name(plans: dict[str, Plan]) -> None:
    names = [
        plans[choice].one("aws_elasticache_replication_group")["replication_group_id"]
        for choice in ("before", "ipv6_and_cloudfront", "second_environment")
    ]
    assert [name.removeprefix("glimpse-prod") for name in names[:2]] == ["", "-ip6"]
    assert names[2].endswith("-valkey")
    assert len(names[2]) <= 40
    assert source("modules", "elasticache", "main.tf").count("create_before_destroy = true") == 4
