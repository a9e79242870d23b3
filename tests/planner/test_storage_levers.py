"""What the levers on disks, logs, objects, secrets, monitoring and tables leave alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from glimpse.planner.levers import LEVERS
from glimpse.planner.levers.databases import storage_autoscaling
from glimpse.planner.levers.disks import gp3
from glimpse.planner.meter import Origin
from glimpse.planner.resources.bucket import Bucket
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.instance import Instances
from glimpse.planner.resources.volume import Disk, Volume
from glimpse.planner.stack import Stack
from tests.conftest import SEOUL, read_stack

Write = Callable[..., Path]


def with_gp3(disk: Disk) -> Disk:
    (volume,) = gp3(Stack("a", SEOUL, (Volume(Origin("aws_ebs_volume.a"), disk),))).of(Volume)
    return volume.disk


@pytest.mark.parametrize(
    ("gib", "iops", "mibps"),
    [(8, None, None), (166, None, None), (167, None, 126), (170, None, 128), (171, None, 250), (1000, None, 250),
     (1001, 3003, 250), (6000, 16_000, 250)],
)  # fmt: skip
def test_gp3_has_the_iops_and_the_throughput_that_gp2_has_at_its_size(
    gib: int, iops: int | None, mibps: int | None
) -> None:
    assert with_gp3(Disk("gp2", gib)) == Disk("gp3", gib, iops, mibps)


@pytest.mark.parametrize(
    "disk",
    [
        Disk("gp2", None),
        Disk("gp2", 8, is_assumed=True),
        Disk("gp2", 8, kind_assumed=True),
        Disk("io1", 500, 20_000),
        Disk("io1", 500, None),
        Disk("io1", 500, 4_000, multi_attach=True),
        Disk("io1", 500, 4_000, multi_attach=None),
        Disk("io2", 500, 3_000),
        Disk("st1", 500),
    ],
)
def test_a_disk_that_gp3_does_not_match_or_that_is_not_known_stays(disk: Disk) -> None:
    assert with_gp3(disk) == disk


def test_a_root_disk_whose_type_only_the_image_knows_stays(write_stack: Write) -> None:
    stack = read_stack(
        write_stack(
            """
            resource "aws_instance" "a" {
              ami           = "ami-1"
              instance_type = "m6i.large"
              root_block_device {
                volume_size = 50
              }
            }
            """
        )
    )
    assert stack.of(Instances)[0].disks[0].kind_assumed
    assert gp3(stack) is stack


def unchanged(lever: str, stack: Stack) -> bool:
    return LEVERS[lever].change(stack) is stack


def test_a_log_group_stays_standard_whose_name_a_filter_writes_out(write_stack: Write) -> None:
    group = 'resource "aws_cloudwatch_log_group" "a" { name = "/app" }\n'
    filtered = """
        resource "aws_cloudwatch_log_subscription_filter" "a" {
          name            = "a"
          log_group_name  = "/app"
          filter_pattern  = ""
          destination_arn = "arn:aws:lambda:ap-northeast-2:123456789012:function:f"
        }
        """
    assert unchanged("infrequent_access_logs", read_stack(write_stack(group + filtered)))
    assert not unchanged("infrequent_access_logs", read_stack(write_stack(group + filtered.replace("/app", "/other"))))


def test_a_log_group_stays_standard_where_a_filter_may_be_for_it(write_stack: Write) -> None:
    stack = read_stack(
        write_stack(
            """
            variable "group" {}
            resource "aws_cloudwatch_log_group" "a" { name = "/app" }
            resource "aws_cloudwatch_log_metric_filter" "a" {
              name           = "a"
              log_group_name = var.group
              pattern        = "ERROR"
            }
            """
        )
    )
    assert unchanged("infrequent_access_logs", stack)


def test_logs_of_which_nobody_knows_how_long_they_are_kept_stay(write_stack: Write) -> None:
    stack = read_stack(
        write_stack(
            """
            variable "days" {}
            resource "aws_cloudwatch_log_group" "a" { retention_in_days = var.days }
            """
        )
    )
    assert unchanged("log_retention", stack)


@pytest.mark.parametrize(
    "reader",
    [
        """
        resource "aws_db_proxy" "a" {
          auth {
            secret_arn = aws_secretsmanager_secret.a.arn
          }
        }
        """,
        'resource "aws_secretsmanager_secret_rotation" "a" { secret_id = aws_secretsmanager_secret.a.id }',
        'resource "aws_secretsmanager_secret_policy" "a" { secret_arn = aws_secretsmanager_secret.a.arn }',
        'resource "aws_secretsmanager_secret_rotation" "a" { secret_id = "app" }',
        """
        resource "aws_dms_endpoint" "a" {
          secrets_manager_arn = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:app-AbCdEf"
        }
        """,
    ],
)
def test_a_secret_stays_that_is_rotated_shared_or_read_by_a_service(write_stack: Write, reader: str) -> None:
    secret = 'resource "aws_secretsmanager_secret" "a" { name = "app" }\n'
    assert unchanged("parameters", read_stack(write_stack(secret + reader)))
    assert not unchanged("parameters", read_stack(write_stack(secret)))


def test_container_insights_stay_where_an_alarm_uses_their_metrics(write_stack: Write) -> None:
    stack = read_stack(
        write_stack(
            """
            resource "aws_ecs_cluster" "a" {
              setting {
                name  = "containerInsights"
                value = "enabled"
              }
            }
            resource "aws_cloudwatch_metric_alarm" "a" {
              metric_query {
                id = "tasks"
                metric {
                  namespace   = "ECS/ContainerInsights"
                  metric_name = "RunningTaskCount"
                  period      = 60
                  stat        = "Average"
                }
              }
            }
            """
        )
    )
    assert unchanged("container_insights_off", stack)


def test_a_rule_for_a_prefix_leaves_the_rest_of_a_bucket_without_one(write_stack: Write) -> None:
    bucket = """
        resource "aws_s3_bucket" "a" {
          bucket = "a"
        }
        resource "aws_s3_bucket_lifecycle_configuration" "a" {
          bucket = aws_s3_bucket.a.id
          rule {
            id     = "a"
            status = "Enabled"
            filter {
              prefix = "uploads/"
            }
            abort_incomplete_multipart_upload {
              days_after_initiation = 1
            }
          }
        }
        """
    assert read_stack(write_stack(bucket)).of(Bucket)[0].aborts_uploads is False
    whole = bucket.replace('prefix = "uploads/"', "")
    assert read_stack(write_stack(whole)).of(Bucket)[0].aborts_uploads is True
    off = whole.replace("Enabled", "Disabled")
    assert read_stack(write_stack(off)).of(Bucket)[0].aborts_uploads is False


def test_a_bucket_stays_where_a_lifecycle_may_be_for_it(write_stack: Write) -> None:
    stack = read_stack(
        write_stack(
            """
            variable "bucket" {}
            resource "aws_s3_bucket" "a" {}
            resource "aws_s3_bucket_lifecycle_configuration" "a" { bucket = var.bucket }
            """
        )
    )
    assert stack.of(Bucket)[0].aborts_uploads is None
    assert unchanged("abort_uploads", stack)
    assert unchanged("colder_classes", stack)


def test_a_table_stays_provisioned_whose_copy_stands_in_a_resource_of_its_own(write_stack: Write) -> None:
    stack = read_stack(
        write_stack(
            """
            resource "aws_dynamodb_table" "a" {
              name           = "a"
              read_capacity  = 5
              write_capacity = 5
            }
            resource "aws_dynamodb_table_replica" "a" { global_table_arn = aws_dynamodb_table.a.arn }
            """
        )
    )
    assert unchanged("on_demand_table", stack)
    assert unchanged("infrequent_access_table", stack)


def test_what_a_lever_leaves_as_it_is_stays_the_same_resource() -> None:
    """An equal copy would be reported as a place where the lever changes something."""
    old, new = (Volume(Origin(f"aws_ebs_volume.{kind}"), Disk(kind, 100)) for kind in ("gp2", "gp3"))
    made = gp3(Stack("a", SEOUL, (old, new))).of(Volume)
    assert made[0] != old
    assert made[1] is new


def storage(kind: str, gib: int | None, iops: int | None = None, engine: str = "PostgreSQL") -> Database:
    return Database(Origin("aws_db_instance.a"), engine, "17", "db.m6g.large", kind, gib, iops=iops)


@pytest.mark.parametrize(
    ("database", "limit"),
    [
        (storage("gp3", 20), 100),
        (storage("gp2", 20_000), 65_536),
        (storage("gp3", 10_000, engine="SQL Server Web"), 16_384),
        (storage("io1", 100, 3_000), 500),
        (storage("io1", 400, 1_000), 1_000),
        (storage("io1", 1_000, 1_000), None),
        (storage("gp3", 60_000), None),
        (storage("standard", 100), None),
        (storage("gp3", None), None),
        (storage("gp3", 100, engine="RDS Custom for SQL Server"), None),
    ],
    ids=["gp3", "as large as RDS goes", "SQL Server", "io1", "io1 with few IOPS", "io1 without room",
         "nearly the largest", "magnetic", "unknown", "RDS Custom"],
)  # fmt: skip
def test_a_database_may_grow_to_five_times_its_storage_as_far_as_rds_takes_it(
    database: Database, limit: int | None
) -> None:
    """At least 26 % more, one IOPS for each GiB, 64 TiB and for SQL Server 16."""
    assert storage_autoscaling(database).grows_to_gib == limit


def test_a_limit_that_somebody_set_or_that_nobody_knows_stays() -> None:
    for known in ({"grows_to_gib": 30}, {"grows_known": False}, {"storage_assumed": True}):
        database = replace(storage("gp3", 20), **known)  # type: ignore[arg-type]
        assert storage_autoscaling(database) is database
