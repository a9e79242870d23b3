"""CodeBuild, CodePipeline, CodeArtifact and CodeCommit: what building and keeping code costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

CODE_BUILD = "CodeBuild"


@dataclass(frozen=True, slots=True)
class BuildProject:
    """
    `compute` and `os` as on the pricing page: general1.small on Linux. `docker_server` is the compute type of one that
    stands beside the builds. Builds on a reserved fleet are charged with the fleet.
    """

    origin: Origin
    compute: str
    os: str
    docker_server: str | None = None
    on_fleet: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        if not self.on_fleet:
            component = f"Build time {self.os} {self.compute}"
            sku = Sku(CODE_BUILD, "build_minute", {"compute_type": self.compute, "os": self.os})
            yield metering.used(component, "minute", "monthly_build_mins", sku)
        if self.docker_server:
            sku = Sku(CODE_BUILD, "docker_server_minute", {"compute_type": self.docker_server})
            yield metering.used("Docker server", "minute", "monthly_docker_server_mins", sku)


@dataclass(frozen=True, slots=True)
class BuildFleet:
    """Machines reserved for builds, charged while they stand, idle or not. `machines` is None where that is unknown."""

    origin: Origin
    machines: int | None
    compute: str
    os: str

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(CODE_BUILD, "fleet_hour", {"compute_type": self.compute, "os": self.os})
        metering, needs = traffic.metering(self.origin), say("needs_fleet_capacity")
        yield metering.hours("Reserved capacity", sku, self.machines, needs=needs)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """V1 is charged by the month in which it ran, V2 by the minute of its actions (CodePipeline pricing page)."""

    origin: Origin
    version: str

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        if self.version == "V2":
            sku = Sku("AWSCodePipeline", "action_minute")
            yield metering.used("Action execution time", "minute", "monthly_action_mins", sku)
        else:
            sku = Sku("AWSCodePipeline", "active_pipeline_month")
            yield metering.used("Active pipelines", "pipeline-month", "active_pipelines", sku)


@dataclass(frozen=True, slots=True)
class ArtifactRepository:
    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield metering.used("Artifact storage", "GB-month", "storage_gb", Sku("AWSCodeArtifact", "storage_gb_month"))
        yield metering.used("Artifact requests", "request", "monthly_requests", Sku("AWSCodeArtifact", "request"))


@dataclass(frozen=True, slots=True)
class SourceRepository:
    """A Git repository of CodeCommit, which charges for each user active in a month."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku("AWSCodeCommit", "active_user_month")
        yield traffic.metering(self.origin).used("Active users", "user-month", "monthly_active_users", sku)
