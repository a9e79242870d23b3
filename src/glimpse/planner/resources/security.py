"""
GuardDuty, Inspector, Macie, Security Hub, Security Lake and Detective: each charged by what it looks at in an account.

Rows: each service's pricing page, as known on 2026-11-28. Terraform switches a service on; how much it finds to look at
no file says, so every row is usage.
"""

from __future__ import annotations

from glimpse.planner.catalogue import Sku
from glimpse.planner.resources.by_use import UsageRow

GUARDDUTY, INSPECTOR, MACIE = "AmazonGuardDuty", "AmazonInspectorV2", "AmazonMacie"
SECURITY_HUB, DETECTIVE = "AWSSecurityHub", "AmazonDetective"

MILLION = 10**6

GUARDDUTY_EVENTS = UsageRow(
    "Management events analysed",
    "1M events",
    "monthly_management_events",
    Sku(GUARDDUTY, "management_event_million"),
    per=MILLION,
)
GUARDDUTY_LOGS = UsageRow(
    "VPC flow and DNS logs analysed", "GB", "monthly_flow_and_dns_logs_gb", Sku(GUARDDUTY, "flow_and_dns_log_gb")
)
DETECTOR = (GUARDDUTY_EVENTS, GUARDDUTY_LOGS)

MALWARE = UsageRow("EBS volumes scanned", "GB", "monthly_malware_scanned_gb", Sku(GUARDDUTY, "malware_scan_gb"))
S3_EVENTS = UsageRow(
    "S3 data events analysed", "1M events", "monthly_s3_events", Sku(GUARDDUTY, "s3_event_million"), per=MILLION
)
EKS_EVENTS = UsageRow(
    "EKS audit logs analysed", "1M events", "monthly_eks_events", Sku(GUARDDUTY, "eks_event_million"), per=MILLION
)
RUNTIME = UsageRow("Runtime monitoring", "vCPU-month", "runtime_vcpus", Sku(GUARDDUTY, "runtime_vcpu_month"))

FEATURES = {
    "S3_DATA_EVENTS": (S3_EVENTS,),
    "EKS_AUDIT_LOGS": (EKS_EVENTS,),
    "EBS_MALWARE_PROTECTION": (MALWARE,),
    "RDS_LOGIN_EVENTS": (
        UsageRow("RDS protection", "vCPU-month", "rds_vcpus", Sku(GUARDDUTY, "rds_vcpu_month")),
        UsageRow("RDS protection, Serverless", "ACU-month", "rds_acus", Sku(GUARDDUTY, "rds_acu_month"), shown=False),
    ),
    "LAMBDA_NETWORK_LOGS": (
        UsageRow("Lambda network logs analysed", "GB", "monthly_lambda_logs_gb", Sku(GUARDDUTY, "lambda_log_gb")),
    ),
    "RUNTIME_MONITORING": (RUNTIME,),
    "EKS_RUNTIME_MONITORING": (RUNTIME,),
}
"""The protection plans by GuardDuty's names for them."""

OBJECT_SCANS = (
    UsageRow("Objects scanned", "GB", "monthly_scanned_gb", Sku(GUARDDUTY, "s3_malware_scan_gb")),
    UsageRow(
        "Objects evaluated",
        "1k objects",
        "monthly_scanned_objects",
        Sku(GUARDDUTY, "s3_malware_scan_1k_objects"),
        per=1000,
    ),
)

SCANS = {
    "EC2": UsageRow("EC2 instances scanned", "instance-month", "scanned_instances", Sku(INSPECTOR, "instance_month")),
    "ECR": UsageRow("Container images scanned", "image", "monthly_scanned_images", Sku(INSPECTOR, "image_scan")),
    "LAMBDA": UsageRow("Functions scanned", "function-month", "scanned_functions", Sku(INSPECTOR, "function_month")),
    "LAMBDA_CODE": UsageRow(
        "Function code scanned", "function-month", "scanned_function_code", Sku(INSPECTOR, "function_code_month")
    ),
    "CODE_REPOSITORY": UsageRow(
        "Code repositories scanned", "scan", "monthly_repository_scans", Sku(INSPECTOR, "repository_scan")
    ),
}
"""What Inspector scans, by the types of resources that it is switched on for."""

MACIE_INSPECTION = UsageRow("Data inspected", "GB", "monthly_inspected_gb", Sku(MACIE, "inspected_gb"))
MACIE_ACCOUNT = (
    UsageRow("Buckets evaluated", "bucket-month", "evaluated_buckets", Sku(MACIE, "bucket_month")),
    UsageRow(
        "Objects monitored", "100k objects", "monitored_objects", Sku(MACIE, "monitored_100k_objects"), per=100_000
    ),
    MACIE_INSPECTION,
)
MACIE_JOB = (MACIE_INSPECTION,)

SECURITY_CHECKS = (
    UsageRow("Security checks", "check", "monthly_security_checks", Sku(SECURITY_HUB, "security_check")),
)
FINDINGS = (UsageRow("Findings ingested", "event", "monthly_finding_events", Sku(SECURITY_HUB, "finding_event")),)
AUTOMATION = (
    UsageRow(
        "Automation rules",
        "1M evaluations",
        "monthly_rule_evaluations",
        Sku(SECURITY_HUB, "rule_evaluation_million"),
        per=MILLION,
    ),
)
SECURITY_ACCOUNT = (*SECURITY_CHECKS, *FINDINGS)

LAKE = (UsageRow("Data ingested", "GB", "monthly_data_ingested_gb", Sku("AmazonSecurityLake", "ingested_gb")),)

GRAPH = (UsageRow("Data ingested", "GB", "monthly_data_ingested_gb", Sku(DETECTIVE, "ingested_gb")),)
