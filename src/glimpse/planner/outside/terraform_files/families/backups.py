"""AWS Backup."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.reader import StackItem
from glimpse.planner.resources.backup import AUDITS, MALWARE_SCANS, TESTED_RESTORES, BackupVault
from glimpse.planner.resources.by_use import ByUse


def vault(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield BackupVault(block.origin)


def plan(block: Block, tree: Tree) -> Iterator[StackItem]:
    """A plan costs nothing itself. Its copies are charged in the vaults that it names; scanning is charged here."""
    scans = any(rule.blocks("scan_action") for rule in block.values.blocks("rule"))
    yield ByUse(block.origin, MALWARE_SCANS) if scans else block.origin


def restore_testing(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield block.origin
    yield ByUse(block.origin, TESTED_RESTORES)


def framework(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield ByUse(block.origin, AUDITS)


def report(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Reports are free; the bucket that they go to is charged for keeping them."""
    yield block.origin


READERS = {
    "aws_backup_vault": vault,
    "aws_backup_logically_air_gapped_vault": vault,
    "aws_backup_plan": plan,
    "aws_backup_restore_testing_plan": restore_testing,
    "aws_backup_framework": framework,
    "aws_backup_report_plan": report,
}
