"""What the credentials are, and what the account and the region lack for a deploy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from glimpse.operations.deployment import Tasks
from glimpse.operations.outside.deploy.calls import AwsFailure, DeployCalls
from glimpse.operations.releases.names import BOOTSTRAP_STATE, Names
from glimpse.operations.releases.ports import KEPT, NO_BUCKET, NO_STATE

Missing = tuple[str, Mapping[str, str | int]]


class Quota(Struct, frozen=True):
    """As Service Quotas lists it."""

    service: str
    code: str
    name: str


ON_DEMAND_VCPU = Quota("fargate", "L-3032A538", "Fargate On-Demand vCPU resource count")
SPOT_VCPU = Quota("fargate", "L-36FBB829", "Fargate Spot vCPU resource count")
"""New accounts were seen with 6 vCPU each."""

VPCS = Quota("vpc", "L-F678F1CE", "VPCs per Region")

WITHOUT_VPC_ORIGINS = {"apne2-az1"}
"""Ids of zones whose balancers CloudFront could not reach, as reported in June 2025."""

SERVICE_ROLES = {
    "ecs.amazonaws.com": "AWSServiceRoleForECS",
    "rds.amazonaws.com": "AWSServiceRoleForRDS",
    "elasticache.amazonaws.com": "AWSServiceRoleForElastiCache",
    "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
    "autoscaling.amazonaws.com": "AWSServiceRoleForAutoScaling",
    "ecs.application-autoscaling.amazonaws.com": "AWSServiceRoleForApplicationAutoScaling_ECSService",
}
"""The service-linked roles of the stack. AWS makes each with its service's first use, if the caller has the right."""

VPC_ORIGIN_ROLE = ("vpcorigin.cloudfront.amazonaws.com", "AWSServiceRoleForCloudFrontVPCOrigin")
CREATE_ROLE = "iam:CreateServiceLinkedRole"


class Needs(Struct, frozen=True):
    """What is needed of the account. vCPU are those of the fullest moment of a deploy. `zones` are ids or names."""

    on_demand_vcpu: float = 0.0
    spot_vcpu: float = 0.0
    zones: Sequence[str] = ()


def needs_of(tasks: Tasks, zones: Sequence[str] = ()) -> Needs:
    """New tasks start beside the old ones, up to the maximum percent, and a migration takes one task more."""
    factor = tasks.vcpu * tasks.maximum_percent / 100
    return Needs(tasks.on_demand * factor + tasks.vcpu, tasks.spot * factor, zones)


def quota_too_small(quota: Quota, limit: float, needed: float, region: str) -> Missing:
    values = {"quota": quota.name, "service_code": quota.service, "quota_code": quota.code}
    return "deploy_quota_too_small", {**values, "limit": f"{limit:g}", "needed": f"{needed:g}", "region": region}


class AwsAccount:
    """Implements releases.ports.Account by calls that change nothing."""

    def __init__(self, calls: DeployCalls, home: DeployCalls, needs: Needs) -> None:
        """`calls` are those of the deploy's region, `home` those of us-east-1, which no account can turn off."""
        self._calls, self._home, self._needs = calls, home, needs
        self._identity: Mapping[str, str] = {}
        self._name = ""

    def names(self, name: str) -> Names:
        self._name = name
        # Asked at home: a region that is turned off says that the credentials are invalid.
        self._identity = self._home.call("sts", "get_caller_identity")
        return Names(name, self._identity["Account"], self._calls.region)

    def bootstrap_state(self, names: Names) -> str:
        try:
            self._calls.call("s3", "head_bucket", Bucket=names.state_bucket)
        except AwsFailure as failure:
            if failure.error_code in ("404", "NoSuchBucket"):
                return NO_BUCKET
            raise
        try:
            self._calls.call("s3", "head_object", Bucket=names.state_bucket, Key=BOOTSTRAP_STATE)
        except AwsFailure as failure:
            if failure.error_code in ("404", "NoSuchKey"):
                return NO_STATE
            raise
        return KEPT

    def missing(self, needs_vpc_origins: bool) -> Sequence[Missing]:
        if (off := self._region_off()) is not None:
            # Nothing else can be asked there.
            return (off,)
        return (*self._quotas(), *self._zones(needs_vpc_origins), *self._service_roles(needs_vpc_origins))

    def _region_off(self) -> Missing | None:
        region = self._calls.region
        try:
            found = self._home.call("ec2", "describe_regions", RegionNames=[region], AllRegions=True)["Regions"]
        except AwsFailure as failure:
            if failure.error_code == "InvalidParameterValue":
                return "deploy_region_unknown", {"region": region}
            if failure.code == "deploy_denied":
                # An organisation may allow its own regions alone. If this one is off, the next call says so.
                return None
            raise
        if not found:
            return "deploy_region_unknown", {"region": region}
        is_off = any(each.get("OptInStatus") == "not-opted-in" for each in found)
        return ("deploy_region_off", {"region": region}) if is_off else None

    def _quotas(self) -> Iterator[Missing]:
        needed = {ON_DEMAND_VCPU: self._needs.on_demand_vcpu, SPOT_VCPU: self._needs.spot_vcpu, VPCS: self._vpcs()}
        for quota, count in needed.items():
            if count and (limit := self._quota(quota)) < count:
                yield quota_too_small(quota, limit, count, self._calls.region)

    def _vpcs(self) -> int:
        """With the one that is to be made; 0 where it is there."""
        found = list(self._calls.pages("ec2", "describe_vpcs", "Vpcs"))
        is_there = any({"Key": "Name", "Value": self._name} in vpc.get("Tags", ()) for vpc in found)
        return 0 if is_there else len(found) + 1

    def _quota(self, quota: Quota) -> float:
        asked = {"ServiceCode": quota.service, "QuotaCode": quota.code}
        try:
            answer = self._calls.call("service-quotas", "get_service_quota", **asked)
        except AwsFailure as failure:
            if failure.error_code != "NoSuchResourceException":
                raise
            # For a service that the account never used there is AWS's default alone.
            answer = self._calls.call("service-quotas", "get_aws_default_service_quota", **asked)
        return float(answer["Quota"]["Value"])

    def _zones(self, needs_vpc_origins: bool) -> Iterator[Missing]:
        if not self._needs.zones:
            return
        answer = self._calls.call("ec2", "describe_availability_zones")["AvailabilityZones"]
        names = {zone["ZoneId"]: zone["ZoneName"] for zone in answer if zone.get("State") == "available"}
        ids = {**{name: zone_id for zone_id, name in names.items()}, **{zone_id: zone_id for zone_id in names}}
        for zone in self._needs.zones:
            if zone not in ids:
                there = ", ".join(sorted(names))
                yield "deploy_zone_missing", {"zone": zone, "region": self._calls.region, "zones": there}
            elif needs_vpc_origins and ids[zone] in WITHOUT_VPC_ORIGINS:
                yield "deploy_zone_without_vpc_origins", {"zone": names[ids[zone]], "zone_id": ids[zone]}

    def _service_roles(self, needs_vpc_origins: bool) -> Iterator[Missing]:
        """Those that AWS would have to make, and may not: the credentials have not the right to let it."""
        wanted = {**SERVICE_ROLES, **dict([VPC_ORIGIN_ROLE] if needs_vpc_origins else [])}
        for service, role in wanted.items():
            if not self._has_role(role) and not self._may_create(service, role):
                yield "deploy_service_role_missing", {"role": role, "service": service, "action": CREATE_ROLE}

    def _has_role(self, role: str) -> bool:
        try:
            self._calls.call("iam", "get_role", RoleName=role)
        except AwsFailure as failure:
            if failure.error_code == "NoSuchEntity":
                return False
            raise
        return True

    def _may_create(self, service: str, role: str) -> bool:
        """Asked of IAM's own simulation. Credentials that may not ask are taken at their word."""
        account = self._identity["Account"]
        name = {"ContextKeyName": "iam:AWSServiceName", "ContextKeyValues": [service], "ContextKeyType": "string"}
        try:
            answer = self._calls.call(
                "iam",
                "simulate_principal_policy",
                PolicySourceArn=self._principal(),
                ActionNames=[CREATE_ROLE],
                ResourceArns=[f"arn:aws:iam::{account}:role/aws-service-role/{service}/{role}"],
                ContextEntries=[name],
            )
        except AwsFailure:
            return True
        return all(result["EvalDecision"] == "allowed" for result in answer["EvaluationResults"])

    def _principal(self) -> str:
        """The user, or the role whose session this is. A role may have a path, which its sessions do not tell."""
        kind, _, name = self._identity["Arn"].rpartition(":")[2].partition("/")
        if kind != "assumed-role":
            return self._identity["Arn"]
        role = self._calls.call("iam", "get_role", RoleName=name.partition("/")[0])["Role"]
        return str(role["Arn"])
