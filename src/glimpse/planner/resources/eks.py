"""Amazon EKS: control planes, their support, and pods on Fargate. Nodes are EC2 instances."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.resources.logs import CLOUDWATCH
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

EKS, ECS = "AmazonEKS", "AmazonECS"

STANDARD_UNTIL = {
    "1.21": datetime.date(2023, 2, 16),
    "1.22": datetime.date(2023, 6, 4),
    "1.23": datetime.date(2023, 10, 11),
    "1.24": datetime.date(2024, 1, 31),
    "1.25": datetime.date(2024, 5, 1),
    "1.26": datetime.date(2024, 6, 11),
    "1.27": datetime.date(2024, 7, 24),
    "1.28": datetime.date(2024, 11, 26),
    "1.29": datetime.date(2025, 3, 23),
    "1.30": datetime.date(2025, 7, 23),
    "1.31": datetime.date(2025, 11, 26),
    "1.32": datetime.date(2026, 3, 23),
    "1.33": datetime.date(2026, 7, 29),
    "1.34": datetime.date(2026, 12, 2),
    "1.35": datetime.date(2027, 3, 27),
}
"""
Until when a Kubernetes version is in standard support (EKS user guide, Kubernetes release calendar). After that it is
in extended support for a year, and then AWS upgrades the cluster to the oldest version in extended support: the
surcharge stays. Versions that are not listed are newer.
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """
    A control plane. `version` is None for the newest one. `extends`: it stays in extended support; otherwise AWS
    upgrades it when standard support ends, and there is no surcharge. `tier` is that of a provisioned control plane,
    charged on top. `logs`: kinds of control plane logs are on, and no log group of the stack carries them.
    `auto_mode` and `hybrid`: nodes that AWS manages, and nodes outside AWS, charged while they are there.
    """

    origin: Origin
    version: str | None
    extends: bool = True
    version_known: bool = True
    tier: str | None = None
    logs: bool = False
    auto_mode: bool = False
    hybrid: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield metering.hours("EKS cluster", Sku(EKS, "cluster_hour"))
        surcharge = Sku(EKS, "cluster_extended_support_surcharge_hour")
        until = STANDARD_UNTIL.get(self.version or "")
        if self.extends and not self.version_known:
            yield metering.hours("Extended support", surcharge, None, needs=say("needs_kubernetes_version"))
        elif self.extends and until and traffic.today >= until:
            said = (say("kubernetes_extended", version=self.version or "", date=until.isoformat()),)
            yield metering.hours("Extended support", surcharge, assumes=said)
        if self.tier:
            sku = Sku(EKS, "provisioned_control_plane_hour", {"scaling_tier": self.tier})
            yield metering.hours(f"Provisioned control plane {self.tier}", sku)
        if self.logs:
            sku = Sku(CLOUDWATCH, "logs_ingest_gb")
            yield metering.used("Control plane logs", "GB", "monthly_control_plane_logs_gb", sku)
        if self.auto_mode:
            sku = Sku(EKS, "auto_mode_instance_hour")
            yield metering.used("EKS Auto Mode instances", "instance-hour", "monthly_auto_mode_hrs", sku)
        if self.hybrid:
            sku = Sku(EKS, "hybrid_node_vcpu_hour")
            yield metering.used("EKS Hybrid Nodes", "vCPU-hour", "monthly_hybrid_vcpu_hrs", sku)


@dataclass(frozen=True, slots=True)
class FargateProfile:
    """Which pods run on Fargate: each is charged for its vCPU and memory while it runs (Fargate pricing page)."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        size = {"arch": "x86_64", "os": "Linux"}
        yield metering.used("Fargate vCPU", "vCPU-hour", "monthly_vcpu_hrs", Sku(ECS, "fargate_vcpu_hour", size))
        yield metering.used("Fargate memory", "GB-hour", "monthly_memory_gb_hrs", Sku(ECS, "fargate_gb_hour", size))
        sku = Sku(ECS, "fargate_ephemeral_storage_gb_hour")
        yield metering.used("Fargate storage above 20 GB", "GB-hour", "monthly_storage_gb_hrs", sku)
