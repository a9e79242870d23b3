"""AWS Backup: what a vault keeps and gives back, by what was backed up (AWS Backup's pricing page)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.resources.by_use import UsageRow, meters_of
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

BACKUP = "AWSBackup"

EFS_WARM = UsageRow(
    "EFS backup (warm)",
    "GB-month",
    "monthly_efs_warm_backup_gb",
    Sku(BACKUP, "backup_gb_month", {"resource": "EFS", "tier": "warm"}),
)
VAULT = (
    EFS_WARM,
    UsageRow(
        "EFS backup (cold)",
        "GB-month",
        "monthly_efs_cold_backup_gb",
        Sku(BACKUP, "backup_gb_month", {"resource": "EFS", "tier": "cold"}),
    ),
    UsageRow(
        "EFS restore (warm)",
        "GB",
        "monthly_efs_warm_restore_gb",
        Sku(BACKUP, "restore_gb", {"resource": "EFS", "tier": "warm"}),
    ),
    UsageRow(
        "EFS restore (cold)",
        "GB",
        "monthly_efs_cold_restore_gb",
        Sku(BACKUP, "restore_gb", {"resource": "EFS", "tier": "cold"}),
    ),
    UsageRow(
        "EFS restore (item-level)",
        "request",
        "monthly_efs_item_restore_requests",
        Sku(BACKUP, "item_restore_request", {"resource": "EFS"}),
    ),
    UsageRow("EBS snapshots", "GB-month", "monthly_ebs_snapshot_gb", Sku("AmazonEC2", "ebs_snapshot_gb_month")),
    UsageRow("RDS snapshots", "GB-month", "monthly_rds_snapshot_gb", Sku("AmazonRDS", "backup_gb_month")),
    UsageRow("Aurora snapshots", "GB-month", "monthly_aurora_snapshot_gb", Sku("AmazonRDS", "aurora_backup_gb_month")),
    UsageRow("DynamoDB backup", "GB-month", "monthly_dynamodb_backup_gb", Sku("AmazonDynamoDB", "backup_gb_month")),
    UsageRow("DynamoDB restore", "GB", "monthly_dynamodb_restore_gb", Sku("AmazonDynamoDB", "restore_gb")),
    UsageRow(
        "FSx for Windows backup",
        "GB-month",
        "monthly_fsx_windows_backup_gb",
        Sku("AmazonFSx", "backup_gb_month", {"file_system": "Windows"}),
    ),
    UsageRow(
        "FSx for Lustre backup",
        "GB-month",
        "monthly_fsx_lustre_backup_gb",
        Sku("AmazonFSx", "backup_gb_month", {"file_system": "Lustre"}),
    ),
    UsageRow(
        "S3 backup",
        "GB-month",
        "monthly_s3_backup_gb",
        Sku(BACKUP, "backup_gb_month", {"resource": "S3", "tier": "warm"}),
        shown=False,
    ),
)
"""EBS, RDS, Aurora, DynamoDB and FSx are charged as their own services' backups."""

TESTED_RESTORES = (
    UsageRow("Restore testing", "test", "monthly_restore_tests", Sku(BACKUP, "restore_test"), shown=False),
)
MALWARE_SCANS = (
    UsageRow("Malware scanning", "GB", "monthly_malware_scanned_gb", Sku("AmazonGuardDuty", "backup_malware_scan_gb")),
)
AUDITS = (UsageRow("Audit Manager evaluations", "evaluation", "monthly_evaluations", Sku(BACKUP, "audit_evaluation")),)


@dataclass(frozen=True, slots=True)
class BackupVault:
    """
    What it is charged for follows from what people put into it: one line until somebody says what, then one for each
    kind of backup that was given.
    """

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        given = tuple(row for row in VAULT if metering.number(row.key) is not None)
        if given:
            yield from meters_of(given, metering)
        else:
            keys = tuple(row.key for row in VAULT)
            needs = say("needs_what_is_backed_up")
            yield metering.used("Backup storage", "GB-month", keys, Sku(BACKUP, "any_backup_gb_month"), needs=needs)
