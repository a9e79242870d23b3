"""What the cases of storage and monitoring do not show: schedules, early deletion, and files of usage full of zeros."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from glimpse.planner.outside import workload_files
from glimpse.planner.outside.terraform_files.families.monitoring import runs_a_month
from tests.conftest import estimator_for, read_stack

BUCKET = 'provider "aws" {\n  region = "us-east-1"\n}\n\nresource "aws_s3_bucket" "b" {}\n'


def lines_of(folder: Path, terraform: str, workload: str) -> dict[str, Fraction]:
    (folder / "main.tf").write_text(terraform)
    (folder / "glimpse.toml").write_text(workload)
    stack = read_stack(folder)
    bill = estimator_for(stack.region, workload_files.workload_beside(folder, None)).bill(stack)
    return {line.id: line.exact.expected for line in bill.lines}


@pytest.mark.parametrize(
    ("expression", "runs"),
    [
        ("rate(1 minute)", 43_800),
        ("rate(2 hours)", 365),
        ("rate(0 minute)", None),
        ("cron(0 * * * ? *)", 730),
        ("cron(0/15 8-17 ? * MON-FRI *)", Fraction(4 * 10 * 5, 7) * Fraction(730, 24)),
        ("cron(5,35 0/6 * * ? *)", 2 * 4 * Fraction(730, 24)),
        ("cron(0 8 1 * ? *)", None),
        ("cron(0 8 L * ? *)", None),
        ("", None),
    ],
)
def test_a_schedule_is_counted_through_a_month_or_not_at_all(expression: str, runs: Fraction | None) -> None:
    assert runs_a_month(expression) == runs


def test_a_class_whose_usage_is_all_zero_stays_out_of_the_bill(tmp_path: Path) -> None:
    stated = '[usage."aws_s3_bucket.b".glacier_deep_archive]\nstorage_gb = {}\n'
    archive = "aws_s3_bucket.b/glacier-deep-archive-storage"
    assert archive in lines_of(tmp_path, BUCKET, stated.format(1))
    assert archive not in lines_of(tmp_path, BUCKET, stated.format(0))


def test_early_deletion_is_charged_where_a_class_has_a_minimum_duration(tmp_path: Path) -> None:
    usage = "".join(
        f'[usage."aws_s3_bucket.b".{name}]\nearly_delete_gb = 1000\n'
        for name in ("intelligent_tiering", "standard_infrequent_access")
    )
    lines = lines_of(tmp_path, BUCKET, usage)
    assert lines["aws_s3_bucket.b/intelligent-tiering-early-delete"] == 0
    assert lines["aws_s3_bucket.b/standard-ia-early-delete-within-30-days"] == Fraction("12.5")


def test_provisioned_throughput_is_charged_beyond_what_the_storage_includes(tmp_path: Path) -> None:
    system = BUCKET + (
        'resource "aws_efs_file_system" "f" {\n  throughput_mode = "provisioned"\n'
        "  provisioned_throughput_in_mibps = 100\n}\n"
    )
    lines = lines_of(tmp_path, system, '[usage."aws_efs_file_system.f"]\nstorage_gb = 230\n')
    assert lines["aws_efs_file_system.f/provisioned-throughput"] == Fraction("88.5") * 6
