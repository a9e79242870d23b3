"""What the cases of databases and caches do not show: days of support, sizes that nobody knows, thresholds by engine."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from glimpse.planner.bill import Bill
from glimpse.planner.extended_support import may_be_charged, support_of
from tests.conftest import estimator_for, read_stack

Write = Callable[..., Path]


def bill_of(folder: Path, region: str = "us-east-1", today: datetime.date = datetime.date(2026, 11, 28)) -> Bill:
    return estimator_for(region, today=today).bill(read_stack(folder, region=region))


def database(**arguments: str) -> str:
    body = "\n".join(f"  {name} = {value}" for name, value in {"instance_class": '"db.m6g.large"', **arguments}.items())
    return f'resource "aws_db_instance" "d" {{\n{body}\n}}\n'


@pytest.mark.parametrize(
    ("engine", "version", "day", "year"),
    [
        ("PostgreSQL", "13.20", "2026-02-28", None),
        ("PostgreSQL", "13.20", "2026-03-01", "1-2"),
        ("PostgreSQL", "11.22", "2026-04-01", "3"),
        ("Aurora PostgreSQL", "12", "2026-11-28", "1-2"),
        ("MySQL", "5.7.44", "2026-02-28", "1-2"),
        ("MySQL", "5.7.44", "2026-03-01", "3"),
        ("MySQL", "8.0.41", "2026-07-31", None),
        ("MySQL", "8.0.41", "2026-08-01", "1-2"),
        ("MySQL", "8.4.5", "2026-11-28", None),
        ("Aurora MySQL", "5.7.mysql_aurora.2.11.3", "2026-12-31", "1-2"),
        ("Aurora MySQL", "8.0.mysql_aurora.3.08.0", "2028-05-01", "1-2"),
        ("Redis", "5.0.6", "2026-02-01", "1-2"),
        ("Redis", "4.0.10", "2028-02-01", "3"),
        ("Redis", "6.2", "2027-01-31", None),
    ],
)
def test_extended_support_begins_on_its_day(engine: str, version: str, day: str, year: str | None) -> None:
    support = support_of(engine, version)
    assert support is not None
    assert support.year(datetime.date.fromisoformat(day)) == year


@pytest.mark.parametrize(
    ("engine", "version", "may_be"),
    [("PostgreSQL", "9.6", True), ("PostgreSQL", "18.1", False), ("MySQL", "5.6", True), ("MySQL", "9.1", False),
     ("MariaDB", "10.6", False), ("Aurora MySQL", "8.4", False), ("Redis", "3.2.6", True), ("Redis", None, False)],
)  # fmt: skip
def test_only_what_is_older_than_something_listed_may_be_charged(engine: str, version: str, may_be: bool) -> None:
    assert may_be_charged(engine, version) is may_be


@pytest.mark.parametrize(
    ("engine", "gib", "iops", "extra"),
    [("postgres", 399, 4000, 1000), ("postgres", 400, 12000, 0), ("mariadb", 400, 12500, 500),
     ("oracle-se2", 199, 4000, 1000), ("oracle-se2", 200, 12000, 0), ("sqlserver-se", 4000, 4000, 1000)],
)  # fmt: skip
def test_what_gp3_includes_goes_by_engine_and_size(
    write_stack: Write, engine: str, gib: int, iops: int, extra: int
) -> None:
    body = database(engine=f'"{engine}"', storage_type='"gp3"', allocated_storage=str(gib), iops=str(iops))
    lines = {line.meter.component: line for line in bill_of(write_stack(body)).lines}
    assert ("Provisioned IOPS" in lines) is bool(extra)
    if extra:
        assert lines["Provisioned IOPS"].meter.quantity is not None
        assert lines["Provisioned IOPS"].meter.quantity.expected == extra


@pytest.mark.parametrize(
    ("argument", "component"),
    [
        ("publicly_accessible", "Public IPv4 address"),
        ("dedicated_log_volume", "Dedicated log volume"),
        ("performance_insights_enabled", "Performance Insights retention"),
        ("database_insights_mode", "Database Insights, advanced mode"),
        ("engine_version", "Extended support"),
        ("allocated_storage", "Database storage io1"),
    ],
)
def test_what_nobody_knows_is_named_and_the_rest_priced(write_stack: Write, argument: str, component: str) -> None:
    arguments = {"engine": '"postgres"', "allocated_storage": "100", "storage_type": '"io1"', "iops": "3000"}
    body = 'variable "unknown" {}\n' + database(**{**arguments, argument: "var.unknown"})
    bill = bill_of(write_stack(body))
    assert component in {entry.component for entry in bill.unpriced}
    assert "db.m6g.large PostgreSQL" in {line.meter.component for line in bill.lines}


def test_throughput_that_nobody_knows_is_named(write_stack: Write) -> None:
    known = {"engine": '"postgres"', "allocated_storage": "100", "storage_type": '"gp3"'}
    body = 'variable "unknown" {}\n' + database(**known, storage_throughput="var.unknown")
    assert {entry.component for entry in bill_of(write_stack(body)).unpriced} == {"Provisioned throughput"}


def test_a_restored_database_is_as_large_as_nobody_knows(write_stack: Write) -> None:
    restored = write_stack(database(engine='"postgres"', snapshot_identifier='"s"'))
    assert {entry.component for entry in bill_of(restored).unpriced} == {"Database storage gp2"}
    [storage] = (
        line
        for line in bill_of(write_stack(database(engine='"postgres"'))).lines
        if line.meter.component == "Database storage gp2"
    )
    assert storage.exact.expected == 20 * Fraction("0.115")
    assert [said.code for said in storage.meter.assumes] == ["least_storage"]


def test_a_replica_has_the_storage_of_its_source(write_stack: Write) -> None:
    source = database(
        engine='"postgres"', allocated_storage="200", storage_type='"io1"', iops="2000", identifier='"source"'
    )
    replica = (
        'resource "aws_db_instance" "r" {\n  replicate_source_db = "source"\n  instance_class = "db.m6g.large"\n}\n'
    )
    lines = [line for line in bill_of(write_stack(source + replica)).lines if line.quantity is not None]
    by_address: dict[str, dict[str, Fraction]] = {}
    for line in lines:
        by_address.setdefault(line.meter.origin.address, {})[line.meter.component] = line.exact.expected
    assert by_address["aws_db_instance.r"] == by_address["aws_db_instance.d"]


def test_a_cache_group_of_another_region_has_the_nodes_of_its_primary(write_stack: Write) -> None:
    body = """
resource "aws_elasticache_replication_group" "primary" {
  engine                  = "redis"
  node_type               = "cache.m5.large"
  num_node_groups         = 2
  replicas_per_node_group = 1
}
resource "aws_elasticache_global_replication_group" "world" {
  global_replication_group_id_suffix = "world"
  primary_replication_group_id       = aws_elasticache_replication_group.primary.id
}
resource "aws_elasticache_replication_group" "second" {
  global_replication_group_id = aws_elasticache_global_replication_group.world.global_replication_group_id
}
"""
    nodes = {
        line.meter.origin.address: line.exact.expected
        for line in bill_of(write_stack(body)).lines
        if line.meter.component == "cache.m5.large Redis"
    }
    assert len(nodes) == 2
    assert len(set(nodes.values())) == 1


def test_the_version_of_an_instance_is_its_clusters(write_stack: Write) -> None:
    body = """
resource "aws_rds_cluster" "c" {
  engine         = "aurora-postgresql"
  engine_version = "13.12"
}
resource "aws_rds_cluster_instance" "i" {
  cluster_identifier = aws_rds_cluster.c.id
  engine             = aws_rds_cluster.c.engine
  instance_class     = "db.r6g.large"
}
"""
    lines = {line.meter.component: line.exact.expected for line in bill_of(write_stack(body)).lines}
    assert lines["Extended support, year 1-2"] == 2 * 730 * Fraction("0.1")
