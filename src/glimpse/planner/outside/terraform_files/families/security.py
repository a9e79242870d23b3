"""GuardDuty, Inspector, Macie, Security Hub, Security Lake and Detective."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.found import Found, Reader
from glimpse.planner.resources import security
from glimpse.planner.resources.by_use import ByUse, UsageRow

OLD_SOURCES = {
    "s3_logs": security.S3_EVENTS,
    "kubernetes": security.EKS_EVENTS,
    "malware_protection": security.MALWARE,
}
"""The plans of a detector by the blocks that named them before features did."""


def detector(block: Block, tree: Tree) -> Iterator[Found]:
    if block.values.boolean("enable") is False:
        yield block.origin
        return
    sources = block.values.block("datasources")
    named = tuple(row for name, row in OLD_SOURCES.items() if sources.has(name))
    yield ByUse(block.origin, (*security.DETECTOR, *named))


def feature(block: Block, tree: Tree) -> Iterator[Found]:
    rows = security.FEATURES.get(block.values.text("name") or "", ())
    on = block.values.text("status") != "DISABLED"
    yield ByUse(block.origin, rows) if on and rows else block.origin


def organization_feature(block: Block, tree: Tree) -> Iterator[Found]:
    rows = security.FEATURES.get(block.values.text("name") or "", ())
    on = block.values.text("auto_enable") != "NONE"
    yield ByUse(block.origin, rows) if on and rows else block.origin


def inspector(block: Block, tree: Tree) -> Iterator[Found]:
    rows = (security.SCANS.get(str(name)) for name in block.values.items("resource_types") or ())
    yield ByUse(block.origin, tuple(row for row in rows if row))


def inspector_member(block: Block, tree: Tree) -> Iterator[Found]:
    """Which resources of an account are scanned is that account's choice."""
    yield ByUse(block.origin, tuple(security.SCANS.values()))


def inspector_organization(block: Block, tree: Tree) -> Iterator[Found]:
    """What is scanned in every account that joins."""
    chosen = block.values.block("auto_enable")
    on = {name for name in ("ec2", "ecr", "lambda", "lambda_code", "code_repository") if chosen.boolean(name)}
    rows = tuple(row for kind, row in security.SCANS.items() if kind.lower() in on)
    yield ByUse(block.origin, rows) if rows else block.origin


def macie(block: Block, tree: Tree) -> Iterator[Found]:
    paused = block.values.text("status") == "PAUSED"
    yield block.origin if paused else ByUse(block.origin, security.MACIE_ACCOUNT)


def _by_use(rows: tuple[UsageRow, ...]) -> Reader:
    def read(block: Block, tree: Tree) -> Iterator[Found]:
        yield ByUse(block.origin, rows)

    return read


READERS = {
    "aws_guardduty_detector": detector,
    "aws_guardduty_detector_feature": feature,
    "aws_guardduty_member": _by_use(security.DETECTOR),
    "aws_guardduty_member_detector_feature": feature,
    "aws_guardduty_organization_configuration": _by_use(security.DETECTOR),
    "aws_guardduty_organization_configuration_feature": organization_feature,
    "aws_guardduty_malware_protection_plan": _by_use(security.OBJECT_SCANS),
    "aws_inspector2_enabler": inspector,
    "aws_inspector2_member_association": inspector_member,
    "aws_inspector2_organization_configuration": inspector_organization,
    "aws_macie2_account": macie,
    "aws_macie2_member": _by_use(security.MACIE_ACCOUNT),
    "aws_macie2_organization_configuration": _by_use(security.MACIE_ACCOUNT),
    "aws_macie2_classification_job": _by_use(security.MACIE_JOB),
    "aws_securityhub_account": _by_use(security.SECURITY_ACCOUNT),
    "aws_securityhub_member": _by_use(security.SECURITY_ACCOUNT),
    "aws_securityhub_organization_configuration": _by_use(security.SECURITY_ACCOUNT),
    "aws_securityhub_standards_subscription": _by_use(security.SECURITY_CHECKS),
    "aws_securityhub_account_v2": _by_use(security.SECURITY_ACCOUNT),
    "aws_securityhub_automation_rule": _by_use(security.AUTOMATION),
    "aws_securityhub_automation_rule_v2": _by_use(security.AUTOMATION),
    "aws_securityhub_configuration_policy": _by_use(security.SECURITY_CHECKS),
    "aws_securityhub_configuration_policy_association": _by_use(security.SECURITY_CHECKS),
    "aws_securityhub_product_subscription": _by_use(security.FINDINGS),
    "aws_securitylake_data_lake": _by_use(security.LAKE),
    "aws_securitylake_aws_log_source": _by_use(security.LAKE),
    "aws_securitylake_custom_log_source": _by_use(security.LAKE),
    "aws_detective_graph": _by_use(security.GRAPH),
    "aws_detective_member": _by_use(security.GRAPH),
    "aws_detective_invitation_accepter": _by_use(security.GRAPH),
    "aws_detective_organization_configuration": _by_use(security.GRAPH),
}
