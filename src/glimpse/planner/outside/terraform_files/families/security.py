"""GuardDuty, Inspector, Macie, Security Hub, Security Lake and Detective."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.reader import StackItem, charged_by
from glimpse.planner.resources import security
from glimpse.planner.resources.by_use import ByUse

OLD_SOURCES = {
    "s3_logs": security.S3_EVENTS,
    "kubernetes": security.EKS_EVENTS,
    "malware_protection": security.MALWARE,
}
"""The plans of a detector by the blocks that named them before features did."""


def detector(block: Block, tree: Tree) -> Iterator[StackItem]:
    if block.values.boolean("enable") is False:
        yield block.origin
        return
    sources = block.values.block("datasources")
    named = tuple(row for name, row in OLD_SOURCES.items() if sources.has(name))
    yield ByUse(block.origin, (*security.DETECTOR, *named))


def feature(block: Block, tree: Tree) -> Iterator[StackItem]:
    rows = security.FEATURES.get(block.values.text("name") or "", ())
    on = block.values.text("status") != "DISABLED"
    yield ByUse(block.origin, rows) if on and rows else block.origin


def organization_feature(block: Block, tree: Tree) -> Iterator[StackItem]:
    rows = security.FEATURES.get(block.values.text("name") or "", ())
    on = block.values.text("auto_enable") != "NONE"
    yield ByUse(block.origin, rows) if on and rows else block.origin


def inspector(block: Block, tree: Tree) -> Iterator[StackItem]:
    rows = (security.SCANS.get(str(name)) for name in block.values.known_items("resource_types"))
    yield ByUse(block.origin, tuple(row for row in rows if row))


def inspector_member(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Which resources of an account are scanned is that account's choice."""
    yield ByUse(block.origin, tuple(security.SCANS.values()))


def inspector_organization(block: Block, tree: Tree) -> Iterator[StackItem]:
    """What is scanned in every account that joins."""
    chosen = block.values.block("auto_enable")
    on = {name for name in ("ec2", "ecr", "lambda", "lambda_code", "code_repository") if chosen.boolean(name)}
    rows = tuple(row for kind, row in security.SCANS.items() if kind.lower() in on)
    yield ByUse(block.origin, rows) if rows else block.origin


def macie(block: Block, tree: Tree) -> Iterator[StackItem]:
    paused = block.values.text("status") == "PAUSED"
    yield block.origin if paused else ByUse(block.origin, security.MACIE_ACCOUNT)


READERS = {
    "aws_guardduty_detector": detector,
    "aws_guardduty_detector_feature": feature,
    "aws_guardduty_member": charged_by(security.DETECTOR),
    "aws_guardduty_member_detector_feature": feature,
    "aws_guardduty_organization_configuration": charged_by(security.DETECTOR),
    "aws_guardduty_organization_configuration_feature": organization_feature,
    "aws_guardduty_malware_protection_plan": charged_by(security.OBJECT_SCANS),
    "aws_inspector2_enabler": inspector,
    "aws_inspector2_member_association": inspector_member,
    "aws_inspector2_organization_configuration": inspector_organization,
    "aws_macie2_account": macie,
    "aws_macie2_member": charged_by(security.MACIE_ACCOUNT),
    "aws_macie2_organization_configuration": charged_by(security.MACIE_ACCOUNT),
    "aws_macie2_classification_job": charged_by(security.MACIE_JOB),
    "aws_securityhub_account": charged_by(security.SECURITY_ACCOUNT),
    "aws_securityhub_member": charged_by(security.SECURITY_ACCOUNT),
    "aws_securityhub_organization_configuration": charged_by(security.SECURITY_ACCOUNT),
    "aws_securityhub_standards_subscription": charged_by(security.SECURITY_CHECKS),
    "aws_securityhub_account_v2": charged_by(security.SECURITY_ACCOUNT),
    "aws_securityhub_automation_rule": charged_by(security.AUTOMATION),
    "aws_securityhub_automation_rule_v2": charged_by(security.AUTOMATION),
    "aws_securityhub_configuration_policy": charged_by(security.SECURITY_CHECKS),
    "aws_securityhub_configuration_policy_association": charged_by(security.SECURITY_CHECKS),
    "aws_securityhub_product_subscription": charged_by(security.FINDINGS),
    "aws_securitylake_data_lake": charged_by(security.LAKE),
    "aws_securitylake_aws_log_source": charged_by(security.LAKE),
    "aws_securitylake_custom_log_source": charged_by(security.LAKE),
    "aws_detective_graph": charged_by(security.GRAPH),
    "aws_detective_member": charged_by(security.GRAPH),
    "aws_detective_invitation_accepter": charged_by(security.GRAPH),
    "aws_detective_organization_configuration": charged_by(security.GRAPH),
}
