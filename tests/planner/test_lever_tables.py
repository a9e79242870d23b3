"""The tables by which levers choose a type, a class or a version: nothing that a stack has may become less."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from glimpse.planner.extended_support import support_of
from glimpse.planner.levers import LEVERS, sizes
from glimpse.planner.levers.class_support import aurora_supports, cache_supports, database_supports, search_supports
from glimpse.planner.levers.engines import SUPPORTED
from glimpse.planner.levers.sizes import Size, successor
from glimpse.planner.meter import Origin
from glimpse.planner.resources.aurora import AuroraInstance
from glimpse.planner.resources.cache import Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.eks import STANDARD_UNTIL, Cluster
from glimpse.planner.resources.instance import Instances
from glimpse.planner.resources.search import DataDisk, Nodes, SearchDomain
from glimpse.planner.stack import Stack
from tests.conftest import SEOUL, read_stack

Write = Callable[..., Path]
FROM = Origin("aws_thing.it")
NEXT_YEAR = datetime.date(2027, 12, 1)

FAMILIES = {
    "newer": (sizes.NEWER, sizes.EC2),
    "newer, run by AWS": (sizes.NEWER_MANAGED, sizes.MANAGED),
    "newer nodes": (sizes.NEWER_MANAGED, sizes.CACHE),
    "ARM": (sizes.ARM, sizes.EC2),
    "ARM, run by AWS": (sizes.ARM_MANAGED, sizes.MANAGED),
    "ARM nodes": (sizes.ARM_MANAGED, sizes.CACHE),
    "AMD": (sizes.AMD, sizes.EC2),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_no_successor_has_less(name: str) -> None:
    families, table = FAMILIES[name]
    changes = {old: new for old in table if (new := successor(old, families, table))}
    assert changes
    for old, new in changes.items():
        before, after = table[old], table[new]
        assert after.vcpus >= before.vcpus, (old, new)
        assert after.gib >= before.gib, (old, new)
        assert after.disk_gb >= before.disk_gb, (old, new)
        assert before.gbps is None or after.gbps is None or after.gbps >= before.gbps, (old, new)
        assert successor(new, families, table) is None, "the lever would change its own change"


@pytest.mark.parametrize(
    ("old", "why"),
    [
        ("m4.16xlarge", "m5.16xlarge has 20 Gbps instead of 25"),
        ("r4.16xlarge", "r5.16xlarge has 20 Gbps instead of 25"),
        ("m4.10xlarge", "there is no m5.10xlarge"),
        ("m3.medium", "there is no m5d.medium"),
        ("c3.8xlarge", "there is no c5d.8xlarge"),
    ],
)
def test_an_instance_stays_where_its_successor_has_less(old: str, why: str) -> None:
    assert successor(old, sizes.NEWER) is None, why


@pytest.mark.parametrize("old", ["t2.micro", "t2.small", "t2.medium", "m4.large", "m4.xlarge", "r3.large", "m3.xlarge"])
def test_a_cache_node_stays_where_the_newer_one_has_less_memory(old: str) -> None:
    assert successor(old, sizes.NEWER_MANAGED, sizes.CACHE) is None


def test_a_size_without_a_fixed_bandwidth_is_compared_by_the_rest() -> None:
    fixed, open_ = Size(2, sizes.EC2["m5.large"].gib, gbps=sizes.EC2["m5.8xlarge"].gbps), sizes.EC2["m5.large"]
    assert open_.holds(fixed)
    assert fixed.holds(open_)


@pytest.mark.parametrize("old", [name for name in sizes.EC2 if name.split(".")[0] in sizes.NEWER])
def test_a_newer_generation_is_no_detour_on_the_way_to_graviton(old: str) -> None:
    """Both levers may be chosen, in either order."""
    newer = successor(old, sizes.NEWER)
    if newer and newer.split(".")[0] in sizes.ARM and successor(old, sizes.ARM):
        assert successor(newer, sizes.ARM) == successor(old, sizes.ARM)


# ---- Which classes run what


def database(engine: str, version: str | None, known: bool = True) -> Database:
    return Database(FROM, engine, version, "db.m4.large", "gp3", 20, version_known=known)


@pytest.mark.parametrize(
    ("engine", "version", "on_m5", "on_m6g"),
    [
        ("PostgreSQL", "17.4", True, True),
        ("PostgreSQL", "12", True, True),  # without a minor release RDS keeps the newest
        ("PostgreSQL", "12.6", True, False),
        ("PostgreSQL", "11.22", True, False),
        ("PostgreSQL", "10.16", False, False),
        ("PostgreSQL", "9.6.22", True, False),
        ("PostgreSQL", None, False, False),
        ("MySQL", "8.0.40", True, True),
        ("MySQL", "8.4.3", True, True),
        ("MySQL", "8.0.20", True, False),
        ("MySQL", "5.7.44", True, False),
        ("MySQL", None, True, False),
        ("MariaDB", "10.3.39", True, False),
        ("MariaDB", "10.11.9", True, True),
        ("MariaDB", "11.4.3", True, True),
        ("Oracle SE2", "19", False, False),
        ("SQL Server Standard", "15.00", False, False),
    ],
)
def test_a_database_changes_to_classes_that_run_its_version(
    engine: str, version: str | None, on_m5: bool, on_m6g: bool
) -> None:
    assert database_supports(database(engine, version), "db.m5.large") is on_m5
    assert database_supports(database(engine, version), "db.m6g.large") is on_m6g


def test_a_version_that_nobody_knows_runs_on_no_class_that_asks_for_one() -> None:
    assert not database_supports(database("PostgreSQL", None, known=False), "db.m5.large")


@pytest.mark.parametrize(
    ("engine", "version", "instance_class", "runs"),
    [
        ("Aurora MySQL", "8.0.mysql_aurora.3.05.2", "db.r6g.large", True),
        ("Aurora MySQL", "5.7.mysql_aurora.2.11.5", "db.r6g.large", True),
        ("Aurora MySQL", "5.7.mysql_aurora.2.07.9", "db.r6g.large", False),
        ("Aurora MySQL", "8.0", "db.r6g.large", True),
        ("Aurora MySQL", None, "db.r6g.large", False),
        ("Aurora PostgreSQL", "15.4", "db.r6g.large", True),
        ("Aurora PostgreSQL", "14.2", "db.r6g.large", False),
        ("Aurora PostgreSQL", "15.4", "db.t4g.small", False),
        ("Aurora MySQL", "5.7.mysql_aurora.2.11.5", "db.r5.large", True),
    ],
)
def test_an_aurora_instance_changes_to_classes_that_run_its_version(
    engine: str, version: str | None, instance_class: str, runs: bool
) -> None:
    assert aurora_supports(AuroraInstance(FROM, engine, "db.r4.large", version), instance_class) is runs


@pytest.mark.parametrize(
    ("engine", "version", "runs"),
    [
        ("Redis", "7.1", True), ("Redis", "6.x", True), ("Redis", "5.0.6", True), ("Redis", "5.0.4", False),
        ("Redis", "4.0.10", False), ("Redis", None, False), ("Memcached", "1.6.22", True),
        ("Memcached", "1.5.10", False), ("Valkey", None, True),
    ],
)  # fmt: skip
def test_a_cache_changes_to_graviton_where_its_version_runs_there(engine: str, version: str | None, runs: bool) -> None:
    assert cache_supports(Cache(FROM, engine, "cache.m5.large", 1, version=version), "m6g.large") is runs


@pytest.mark.parametrize(
    ("version", "disk", "runs"),
    [
        ("OpenSearch 2.11", "gp3", True), ("Elasticsearch 7.10", "gp3", True), ("Elasticsearch 7.4", "gp3", False),
        (None, "gp3", False), ("OpenSearch 2.11", "io1", False),
    ],
)  # fmt: skip
def test_a_domain_changes_to_graviton_where_its_version_and_disks_allow(
    version: str | None, disk: str, runs: bool
) -> None:
    domain = SearchDomain(FROM, (Nodes("Data node", "m5.large.search", 2),), DataDisk(disk, 20), version=version)
    assert search_supports(domain, "m6g.large") is runs


def test_a_domain_has_no_graviton_nodes_beside_others() -> None:
    nodes = (Nodes("Data node", "m5.large.search", 2), Nodes("Dedicated master", "c5.9xlarge.search", 3))
    domain = SearchDomain(FROM, nodes, DataDisk("gp3", 20), version="OpenSearch 2.11")
    assert changed("graviton_nodes", domain) == domain


# ---- What is left alone


def changed(name: str, resource: object, **of_stack: object) -> object:
    stack = Stack("s", SEOUL, (resource,), **of_stack)  # type: ignore[arg-type]
    return LEVERS[name].change(stack).resources[0]


def test_what_is_reserved_keeps_its_type() -> None:
    bought = frozenset((FROM.address,))
    for name, resource in {
        "newer_instances": Instances(FROM, "m4.large", 1),
        "arm_instances": Instances(FROM, "m5.large", 1),
        "newer_databases": database("MySQL", "8.0.40"),
        "graviton_databases": replace(database("MySQL", "8.0.40"), instance_class="db.m5.large"),
        "newer_nodes": Cache(FROM, "Redis", "cache.r4.large", 1, version="7.1"),
    }.items():
        assert changed(name, resource) != resource
        assert changed(name, resource, bought=bought) == resource


def test_burstable_instances_keep_ending_their_bursts() -> None:
    assert changed("newer_instances", Instances(FROM, "t2.small", 1)) == Instances(
        FROM, "t3.small", 1, credits="standard"
    )
    unlimited = Instances(FROM, "t2.small", 1, credits="unlimited")
    assert changed("newer_instances", unlimited) == replace(unlimited, instance_type="t3.small")


@pytest.mark.parametrize("system", ["Windows", "RHEL"])
def test_only_linux_is_advised_to_arm(system: str) -> None:
    instances = Instances(FROM, "m5.large", 1, system=system)
    assert changed("arm_instances", instances) == instances


# ---- Engines


@pytest.mark.parametrize(("engine", "version"), SUPPORTED.items())
def test_a_supported_version_stays_supported_for_a_year(engine: str, version: str) -> None:
    support = support_of(engine, version)
    assert support is None or support.begins > NEXT_YEAR


def test_a_cluster_goes_to_the_newest_version_with_a_known_end() -> None:
    upgraded = changed("supported_kubernetes", Cluster(FROM, "1.27"))
    assert upgraded == Cluster(FROM, max(STANDARD_UNTIL, key=lambda version: STANDARD_UNTIL[version]))
    for same in (Cluster(FROM, None), Cluster(FROM, "1.99"), Cluster(FROM, "1.27", extends=False)):
        assert changed("supported_kubernetes", same) == same


@pytest.mark.parametrize(
    ("version", "known", "enrolled", "upgraded"),
    [("12.22", True, True, "17"), ("17.4", True, True, "17.4"), ("18.1", True, True, "18.1"), (None, True, True, None),
     (None, False, True, None), ("12.22", True, False, "12.22"), ("9.6.24", True, True, "9.6.24")],
)  # fmt: skip
def test_a_database_leaves_extended_support_where_its_version_is_known_to_be_charged(
    version: str | None, known: bool, enrolled: bool, upgraded: str | None
) -> None:
    before = replace(database("PostgreSQL", version, known), extended_support=enrolled)
    assert changed("supported_engines", before) == replace(before, version=upgraded)


def test_redis_becomes_valkey_whatever_its_version() -> None:
    old = Cache(FROM, "Redis", "cache.t4g.micro", 1, version="5.0.6")
    assert changed("valkey_node", old) == replace(old, engine="Valkey", version="8.0")
    memcached = Cache(FROM, "Memcached", "cache.t4g.micro", 1)
    assert changed("valkey_node", memcached) == memcached


# ---- What is not production


DATABASE = """
resource "aws_db_instance" "it" {{
  identifier        = "{identifier}"
  engine            = "postgres"
  engine_version    = "17.4"
  instance_class    = "db.t4g.small"
  allocated_storage = 20
  multi_az          = true
  {tags}
}}
"""


@pytest.mark.parametrize(
    ("identifier", "tags", "environment"),
    [
        ("shop", 'tags = { Environment = "Staging" }', "staging"),
        ("shop", 'tags = { env = "dev" }', "dev"),
        ("shop", 'tags = { Stage = "qa" }', "qa"),
        ("shop-staging-db", "", "staging"),
        ("shop", 'tags = { Name = "shop dev" }', "dev"),
        ("shop-dev", 'tags = { Environment = "production" }', "production"),
        ("shop-dev", "tags = { Environment = var.environment }", None),
        ("prod-test-results", "", None),
        ("devices", "", None),
        ("shop", "", None),
    ],
)
def test_a_resource_says_its_environment_by_a_tag_or_else_by_its_name(
    write_stack: Write, identifier: str, tags: str, environment: str | None
) -> None:
    text = DATABASE.format(identifier=identifier, tags=tags) + 'variable "environment" {}\n'
    (found,) = read_stack(write_stack(text)).of(Database)
    assert found.environment == environment


def test_a_provider_says_the_environment_of_all_that_say_none_themselves(write_stack: Write) -> None:
    provider = """
provider "aws" {
  region = "ap-northeast-2"
  default_tags {
    tags = { Environment = "staging" }
  }
}
"""
    module = {"db/main.tf": DATABASE.format(identifier="shop", tags="")}
    folder = write_stack(files={"main.tf": provider + 'module "db" {\n  source = "./db"\n}\n', **module})
    (inside,) = read_stack(folder).of(Database)
    assert inside.environment == "staging"
    own = DATABASE.format(identifier="shop", tags='tags = { env = "production" }')
    (apart,) = read_stack(write_stack(files={"main.tf": provider + own})).of(Database)
    assert apart.environment == "production"


@pytest.mark.parametrize(
    ("stated", "own", "zones"),
    [(None, "staging", False), (None, "production", True), (None, None, True), ("production", "staging", True),
     ("development", None, False), (None, "blue", True)],
)  # fmt: skip
def test_only_what_is_not_production_loses_its_standby(stated: str | None, own: str | None, zones: bool) -> None:
    before = replace(database("PostgreSQL", "17.4"), multi_az=True, environment=own)
    assert changed("single_zone", before, environment=stated) == replace(before, multi_az=zones)


def test_replicas_go_and_primaries_stay() -> None:
    before = Cache(FROM, "Valkey", "cache.t4g.small", 6, multi_az=True, shards=2, environment="dev")
    assert changed("single_zone", before) == replace(before, nodes=2, multi_az=False)
    unknown = replace(before, shards=None)
    assert changed("single_zone", unknown) == unknown


CASES: Mapping[str, Database | Instances] = {
    "a replica": replace(database("MySQL", "8.0.40"), replicates=True),
    "what may have a replica": replace(database("MySQL", "8.0.40"), replicates=None),
    "SQL Server in two zones": replace(database("SQL Server Standard", "15.00"), multi_az=True),
    "a NAT instance": Instances(FROM, "t4g.nano", 1, is_nat=True),
    "a Spot instance": Instances(FROM, "m5.large", 1, spot=True),
    "a fleet": Instances(FROM, "m5.large", 3, scales=True),
    "what is stopped already": Instances(FROM, "m5.large", 1, stopped=True),
    "a group with another schedule": Instances(FROM, "m5.large", 3, scales=True, most=5, sizes=(1,)),
}


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_be_stopped_stays_awake(name: str) -> None:
    assert changed("servers_off", CASES[name], environment="dev") == CASES[name]


SCHEDULE = """
resource "aws_scheduler_schedule" "{name}" {{
  schedule_expression          = "cron(0 {hour} * * ? *)"
  schedule_expression_timezone = "Asia/Seoul"
  flexible_time_window {{
    mode = "OFF"
  }}
  target {{
    arn      = "arn:aws:scheduler:::aws-sdk:{call}"
    role_arn = "arn:aws:iam::123456789012:role/night"
    input    = jsonencode({input})
  }}
}}
"""


def test_files_that_stop_a_database_at_night_are_what_the_lever_makes(write_stack: Write) -> None:
    text = DATABASE.format(identifier="shop-dev", tags="")
    (before,) = read_stack(write_stack(text)).of(Database)
    given = "{ DbInstanceIdentifier = aws_db_instance.it.identifier }"
    night = SCHEDULE.format(name="night", hour=22, call="rds:stopDBInstance", input=given)
    morning = SCHEDULE.format(name="morning", hour=7, call="rds:startDBInstance", input=given)
    (after,) = read_stack(write_stack(text + night + morning)).of(Database)
    assert after.awake_hours == 15
    assert changed("servers_off", before) == after
    (half,) = read_stack(write_stack(text + night)).of(Database)
    assert half.awake_hours == 24, "nothing starts it again that is known"


def test_files_that_stop_an_instance_at_night_are_what_the_lever_makes(write_stack: Write) -> None:
    text = """
resource "aws_instance" "it" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  tags          = { Environment = "dev" }
}
"""
    (before,) = read_stack(write_stack(text)).of(Instances)
    given = "{ InstanceIds = [aws_instance.it.id] }"
    night = SCHEDULE.format(name="night", hour=22, call="ec2:stopInstances", input=given)
    morning = SCHEDULE.format(name="morning", hour=7, call="ec2:startInstances", input=given)
    (after,) = read_stack(write_stack(text + night + morning)).of(Instances)
    assert after.awake_hours == 15
    assert changed("servers_off", before) == after


def test_a_replica_is_seen_from_both_ends(write_stack: Write) -> None:
    replica = """
resource "aws_db_instance" "copy" {
  replicate_source_db = aws_db_instance.it.identifier
  instance_class      = "db.t4g.small"
}
"""
    stack = read_stack(write_stack(DATABASE.format(identifier="shop", tags="") + replica))
    assert [row.replicates for row in stack.of(Database)] == [True, True]
