"""
What Terraform's AWS provider calls for each type of the two roots, as IAM actions: to make, read, change and delete it.

Sources: the operations that the provider's resources call, and AWS's Service Authorization Reference, which names the
action of an operation. No account has confirmed yet that nothing is missing.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class TypeRights(Struct, frozen=True):
    """IAM actions. A data source only reads."""

    read: tuple[str, ...]
    create: tuple[str, ...] = ()
    update: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()

    @property
    def write(self) -> tuple[str, ...]:
        return (*self.create, *self.update, *self.delete)


def _rights(service: str, read: str, create: str = "", update: str = "", delete: str = "") -> TypeRights:
    """Actions of one service, without its prefix; one of another service has its own."""
    return TypeRights(*(
        tuple(name if ":" in name else f"{service}:{name}" for name in names.split())
        for names in (read, create, update, delete)
    ))  # fmt: skip


EC2_TAGS = "CreateTags DeleteTags"
INTERFACES = "DescribeNetworkInterfaces DetachNetworkInterface DeleteNetworkInterface"
"""The provider removes what a deleted service has left in a subnet or a security group."""

RDS_TAGS = "AddTagsToResource RemoveTagsFromResource"
ELB_TAGS = "AddTags RemoveTags"
TAGS = "TagResource UntagResource"
LINKED_ROLE = "iam:CreateServiceLinkedRole"
PASS = "iam:PassRole"  # noqa: S105

RESOURCES: Mapping[str, TypeRights] = {
    "aws_acm_certificate": _rights(
        "acm", "DescribeCertificate ListTagsForCertificate", "RequestCertificate",
        "AddTagsToCertificate RemoveTagsFromCertificate UpdateCertificateOptions", "DeleteCertificate",
    ),
    "aws_appautoscaling_policy": _rights(
        "application-autoscaling", "DescribeScalingPolicies cloudwatch:DescribeAlarms",
        "PutScalingPolicy cloudwatch:PutMetricAlarm ecs:DescribeServices ecs:UpdateService", "",
        "DeleteScalingPolicy cloudwatch:DeleteAlarms",
    ),
    "aws_appautoscaling_scheduled_action": _rights(
        "application-autoscaling", "DescribeScheduledActions", "PutScheduledAction", "", "DeleteScheduledAction"
    ),
    "aws_appautoscaling_target": _rights(
        "application-autoscaling", "DescribeScalableTargets ListTagsForResource",
        f"RegisterScalableTarget ecs:DescribeServices ecs:UpdateService {LINKED_ROLE}", TAGS,
        "DeregisterScalableTarget",
    ),
    "aws_autoscaling_group": _rights(
        "autoscaling",
        "DescribeAutoScalingGroups DescribeInstanceRefreshes DescribeScalingActivities DescribeTags DescribeWarmPool",
        f"CreateAutoScalingGroup CreateOrUpdateTags EnableMetricsCollection ec2:RunInstances ec2:CreateTags {PASS} "
        + LINKED_ROLE,
        "UpdateAutoScalingGroup DeleteTags DisableMetricsCollection StartInstanceRefresh CancelInstanceRefresh "
        "SetInstanceProtection",
        "DeleteAutoScalingGroup",
    ),
    "aws_budgets_budget": _rights("budgets", "ViewBudget ListTagsForResource", "ModifyBudget", TAGS),
    "aws_cloudfront_cache_policy": _rights(
        "cloudfront", "GetCachePolicy", "CreateCachePolicy", "UpdateCachePolicy", "DeleteCachePolicy"
    ),
    "aws_cloudfront_distribution": _rights(
        "cloudfront", "GetDistribution GetDistributionConfig ListTagsForResource", "CreateDistribution",
        f"UpdateDistribution {TAGS}", "DeleteDistribution",
    ),
    "aws_cloudfront_key_group": _rights(
        "cloudfront", "GetKeyGroup", "CreateKeyGroup", "UpdateKeyGroup", "DeleteKeyGroup"
    ),
    "aws_cloudfront_origin_access_control": _rights(
        "cloudfront", "GetOriginAccessControl", "CreateOriginAccessControl", "UpdateOriginAccessControl",
        "DeleteOriginAccessControl",
    ),
    "aws_cloudfront_public_key": _rights(
        "cloudfront", "GetPublicKey", "CreatePublicKey", "UpdatePublicKey", "DeletePublicKey"
    ),
    "aws_cloudfront_response_headers_policy": _rights(
        "cloudfront", "GetResponseHeadersPolicy", "CreateResponseHeadersPolicy", "UpdateResponseHeadersPolicy",
        "DeleteResponseHeadersPolicy",
    ),
    "aws_cloudfront_vpc_origin": _rights(
        "cloudfront",
        "GetVpcOrigin ListTagsForResource ec2:DescribeInternetGateways ec2:DescribeSubnets ec2:DescribeVpcs "
        "elasticloadbalancing:DescribeLoadBalancers",
        f"CreateVpcOrigin {LINKED_ROLE}", f"UpdateVpcOrigin {TAGS}", "DeleteVpcOrigin",
    ),
    "aws_cloudwatch_log_group": _rights(
        "logs", "DescribeLogGroups ListTagsForResource", "CreateLogGroup PutRetentionPolicy",
        f"DeleteRetentionPolicy {TAGS}", "DeleteLogGroup",
    ),
    "aws_cloudwatch_metric_alarm": _rights(
        "cloudwatch", "DescribeAlarms ListTagsForResource", "PutMetricAlarm", TAGS, "DeleteAlarms"
    ),
    "aws_db_instance": _rights(
        "rds", "DescribeDBInstances ListTagsForResource",
        f"CreateDBInstance secretsmanager:CreateSecret secretsmanager:TagResource {LINKED_ROLE}",
        f"ModifyDBInstance RebootDBInstance secretsmanager:RotateSecret {RDS_TAGS}",
        "DeleteDBInstance CreateDBSnapshot",
    ),
    "aws_db_parameter_group": _rights(
        "rds", "DescribeDBParameterGroups DescribeDBParameters ListTagsForResource", "CreateDBParameterGroup",
        f"ModifyDBParameterGroup ResetDBParameterGroup {RDS_TAGS}", "DeleteDBParameterGroup",
    ),
    "aws_db_subnet_group": _rights(
        "rds", "DescribeDBSubnetGroups ListTagsForResource", "CreateDBSubnetGroup", f"ModifyDBSubnetGroup {RDS_TAGS}",
        "DeleteDBSubnetGroup",
    ),
    "aws_default_security_group": _rights(
        "ec2", "DescribeSecurityGroups", "RevokeSecurityGroupIngress RevokeSecurityGroupEgress", EC2_TAGS
    ),
    "aws_ecr_lifecycle_policy": _rights(
        "ecr", "GetLifecyclePolicy", "PutLifecyclePolicy", "", "DeleteLifecyclePolicy"
    ),
    "aws_ecr_repository": _rights(
        "ecr", "DescribeRepositories ListTagsForResource", "CreateRepository",
        f"PutImageTagMutability PutImageScanningConfiguration {TAGS}", "DeleteRepository",
    ),
    "aws_ecs_cluster": _rights(
        "ecs", "DescribeClusters", f"CreateCluster {LINKED_ROLE}", f"UpdateCluster {TAGS}", "DeleteCluster"
    ),
    "aws_ecs_cluster_capacity_providers": _rights("ecs", "DescribeClusters", "PutClusterCapacityProviders"),
    "aws_ecs_service": _rights(
        "ecs", "DescribeServices", f"CreateService {LINKED_ROLE}", f"UpdateService {TAGS}", "DeleteService"
    ),
    "aws_ecs_task_definition": _rights("ecs", "DescribeTaskDefinition", f"RegisterTaskDefinition {PASS}", TAGS),
    "aws_egress_only_internet_gateway": _rights(
        "ec2", "DescribeEgressOnlyInternetGateways", "CreateEgressOnlyInternetGateway", EC2_TAGS,
        "DeleteEgressOnlyInternetGateway",
    ),
    "aws_eip": _rights(
        "ec2", "DescribeAddresses DescribeAddressesAttribute", "AllocateAddress", EC2_TAGS,
        "DisassociateAddress ReleaseAddress",
    ),
    "aws_elasticache_replication_group": _rights(
        "elasticache", "DescribeReplicationGroups DescribeCacheClusters ListTagsForResource",
        f"CreateReplicationGroup {LINKED_ROLE}",
        "ModifyReplicationGroup ModifyReplicationGroupShardConfiguration IncreaseReplicaCount DecreaseReplicaCount "
        + RDS_TAGS,
        "DeleteReplicationGroup",
    ),
    "aws_elasticache_serverless_cache": _rights(
        "elasticache", "DescribeServerlessCaches ListTagsForResource",
        f"CreateServerlessCache ec2:CreateTags ec2:CreateVpcEndpoint {LINKED_ROLE}",
        f"ModifyServerlessCache {RDS_TAGS}", "DeleteServerlessCache",
    ),
    "aws_elasticache_subnet_group": _rights(
        "elasticache", "DescribeCacheSubnetGroups ListTagsForResource", "CreateCacheSubnetGroup",
        f"ModifyCacheSubnetGroup {RDS_TAGS}", "DeleteCacheSubnetGroup",
    ),
    "aws_iam_instance_profile": _rights(
        "iam", "GetInstanceProfile", f"CreateInstanceProfile AddRoleToInstanceProfile {PASS}",
        "TagInstanceProfile UntagInstanceProfile", "RemoveRoleFromInstanceProfile DeleteInstanceProfile",
    ),
    "aws_iam_openid_connect_provider": _rights(
        "iam", "GetOpenIDConnectProvider", "CreateOpenIDConnectProvider",
        "UpdateOpenIDConnectProviderThumbprint AddClientIDToOpenIDConnectProvider "
        "RemoveClientIDFromOpenIDConnectProvider TagOpenIDConnectProvider UntagOpenIDConnectProvider",
        "DeleteOpenIDConnectProvider",
    ),
    "aws_iam_policy": _rights(
        "iam", "GetPolicy GetPolicyVersion", "CreatePolicy",
        "ListPolicyVersions CreatePolicyVersion TagPolicy UntagPolicy", "DeletePolicyVersion DeletePolicy",
    ),
    "aws_iam_role": _rights(
        "iam", "GetRole ListRolePolicies ListAttachedRolePolicies ListInstanceProfilesForRole", "CreateRole",
        "UpdateRole UpdateAssumeRolePolicy PutRolePermissionsBoundary TagRole UntagRole", "DeleteRole",
    ),
    "aws_iam_role_policy": _rights("iam", "GetRolePolicy", "PutRolePolicy", "", "DeleteRolePolicy"),
    "aws_iam_role_policy_attachment": _rights(
        "iam", "ListAttachedRolePolicies", "AttachRolePolicy", "", "DetachRolePolicy"
    ),
    "aws_internet_gateway": _rights(
        "ec2", "DescribeInternetGateways", "CreateInternetGateway AttachInternetGateway", EC2_TAGS,
        "DetachInternetGateway DeleteInternetGateway",
    ),
    "aws_launch_template": _rights(
        "ec2", "DescribeLaunchTemplates DescribeLaunchTemplateVersions", "CreateLaunchTemplate",
        f"CreateLaunchTemplateVersion ModifyLaunchTemplate {EC2_TAGS}", "DeleteLaunchTemplate",
    ),
    "aws_lb": _rights(
        "elasticloadbalancing",
        "DescribeLoadBalancers DescribeLoadBalancerAttributes DescribeCapacityReservation DescribeTags",
        f"CreateLoadBalancer {LINKED_ROLE}",
        f"ModifyLoadBalancerAttributes SetSecurityGroups SetSubnets SetIpAddressType {ELB_TAGS}",
        "DeleteLoadBalancer ec2:DescribeNetworkInterfaces",
    ),
    "aws_lb_listener": _rights(
        "elasticloadbalancing", "DescribeListeners DescribeListenerAttributes DescribeTags", "CreateListener",
        f"ModifyListener ModifyListenerAttributes {ELB_TAGS}", "DeleteListener",
    ),
    "aws_lb_target_group": _rights(
        "elasticloadbalancing", "DescribeTargetGroups DescribeTargetGroupAttributes DescribeTags", "CreateTargetGroup",
        f"ModifyTargetGroup ModifyTargetGroupAttributes {ELB_TAGS}", "DeleteTargetGroup",
    ),
    "aws_nat_gateway": _rights("ec2", "DescribeNatGateways", "CreateNatGateway", EC2_TAGS, "DeleteNatGateway"),
    "aws_route": _rights("ec2", "DescribeRouteTables", "CreateRoute", "ReplaceRoute", "DeleteRoute"),
    "aws_route53_record": _rights(
        "route53", "GetHostedZone ListResourceRecordSets", "ChangeResourceRecordSets GetChange"
    ),
    "aws_route53_zone": _rights(
        "route53", "GetHostedZone ListTagsForResource", "CreateHostedZone GetChange",
        "UpdateHostedZoneComment ChangeTagsForResource", "GetDNSSEC DeleteHostedZone",
    ),
    "aws_route_table": _rights(
        "ec2", "DescribeRouteTables", "CreateRouteTable", EC2_TAGS, "DisassociateRouteTable DeleteRouteTable"
    ),
    "aws_route_table_association": _rights(
        "ec2", "DescribeRouteTables", "AssociateRouteTable", "ReplaceRouteTableAssociation", "DisassociateRouteTable"
    ),
    "aws_s3_bucket": _rights(
        "s3",
        "ListBucket GetAccelerateConfiguration GetBucketAcl GetBucketCORS GetBucketLogging "
        "GetBucketObjectLockConfiguration GetBucketPolicy GetBucketRequestPayment GetBucketTagging GetBucketVersioning "
        "GetBucketWebsite GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration "
        "ListTagsForResource",
        "CreateBucket", f"PutBucketTagging {TAGS}", "DeleteBucket",
    ),
    "aws_s3_bucket_cors_configuration": _rights("s3", "GetBucketCORS", "PutBucketCORS"),
    "aws_s3_bucket_lifecycle_configuration": _rights("s3", "GetLifecycleConfiguration", "PutLifecycleConfiguration"),
    "aws_s3_bucket_ownership_controls": _rights("s3", "GetBucketOwnershipControls", "PutBucketOwnershipControls"),
    "aws_s3_bucket_policy": _rights("s3", "GetBucketPolicy", "PutBucketPolicy", "", "DeleteBucketPolicy"),
    "aws_s3_bucket_public_access_block": _rights("s3", "GetBucketPublicAccessBlock", "PutBucketPublicAccessBlock"),
    "aws_s3_bucket_server_side_encryption_configuration": _rights(
        "s3", "GetEncryptionConfiguration", "PutEncryptionConfiguration"
    ),
    "aws_s3_bucket_versioning": _rights("s3", "GetBucketVersioning", "PutBucketVersioning"),
    "aws_secretsmanager_secret": _rights(
        "secretsmanager", "DescribeSecret GetResourcePolicy", "CreateSecret", f"UpdateSecret {TAGS}", "DeleteSecret"
    ),
    "aws_security_group": _rights(
        "ec2", "DescribeSecurityGroups", "CreateSecurityGroup RevokeSecurityGroupEgress", EC2_TAGS,
        f"RevokeSecurityGroupIngress DeleteSecurityGroup {INTERFACES}",
    ),
    "aws_sns_topic": _rights(
        "sns", "GetTopicAttributes ListTagsForResource", "CreateTopic SetTopicAttributes", TAGS, "DeleteTopic"
    ),
    "aws_sns_topic_policy": _rights("sns", "GetTopicAttributes", "SetTopicAttributes"),
    "aws_sns_topic_subscription": _rights(
        "sns", "GetSubscriptionAttributes", "Subscribe", "SetSubscriptionAttributes", "Unsubscribe"
    ),
    "aws_subnet": _rights(
        "ec2", "DescribeSubnets", "CreateSubnet",
        f"ModifySubnetAttribute AssociateSubnetCidrBlock DisassociateSubnetCidrBlock {EC2_TAGS}",
        f"DeleteSubnet {INTERFACES}",
    ),
    "aws_vpc": _rights(
        "ec2",
        "DescribeVpcs DescribeVpcAttribute DescribeNetworkAcls DescribeRouteTables DescribeSecurityGroups", "CreateVpc",
        f"ModifyVpcAttribute AssociateVpcCidrBlock DisassociateVpcCidrBlock {EC2_TAGS}", "DeleteVpc",
    ),
    "aws_vpc_endpoint": _rights(
        "ec2", "DescribeVpcEndpoints DescribePrefixLists", "CreateVpcEndpoint", f"ModifyVpcEndpoint {EC2_TAGS}",
        "DeleteVpcEndpoints",
    ),
    "aws_vpc_security_group_egress_rule": _rights(
        "ec2", "DescribeSecurityGroupRules", "AuthorizeSecurityGroupEgress", f"ModifySecurityGroupRules {EC2_TAGS}",
        "RevokeSecurityGroupEgress",
    ),
    "aws_vpc_security_group_ingress_rule": _rights(
        "ec2", "DescribeSecurityGroupRules", "AuthorizeSecurityGroupIngress", f"ModifySecurityGroupRules {EC2_TAGS}",
        "RevokeSecurityGroupIngress",
    ),
    "terraform_data": TypeRights(()),
}  # fmt: skip

DATA: Mapping[str, TypeRights] = {
    "aws_acm_certificate": _rights("acm", "ListCertificates DescribeCertificate GetCertificate ListTagsForCertificate"),
    "aws_caller_identity": _rights("sts", "GetCallerIdentity"),
    "aws_cloudfront_cache_policy": _rights("cloudfront", "ListCachePolicies GetCachePolicy"),
    "aws_cloudfront_origin_request_policy": _rights("cloudfront", "ListOriginRequestPolicies GetOriginRequestPolicy"),
    "aws_ec2_managed_prefix_list": _rights("ec2", "DescribeManagedPrefixLists GetManagedPrefixListEntries"),
    "aws_route53_zone": _rights("route53", "ListHostedZones ListHostedZonesByName GetHostedZone ListTagsForResource"),
    "aws_ssm_parameter": _rights("ssm", "GetParameter"),
}

BACKEND = _rights("s3", "ListBucket GetObject", "PutObject", "", "DeleteObject")
"""The S3 backend: the state, and its lock file, which is deleted."""

BOOTSTRAP_TYPES = (
    "aws_acm_certificate", "aws_ecr_lifecycle_policy", "aws_ecr_repository", "aws_iam_openid_connect_provider",
    "aws_iam_policy", "aws_iam_role", "aws_iam_role_policy", "aws_iam_role_policy_attachment", "aws_route53_record",
    "aws_route53_zone", "aws_s3_bucket",
    "aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket_ownership_controls", "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block", "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
)  # fmt: skip
BOOTSTRAP_DATA = ("aws_caller_identity",)
ONLY_BOOTSTRAP = (
    "aws_acm_certificate", "aws_ecr_lifecycle_policy", "aws_ecr_repository", "aws_iam_openid_connect_provider",
    "aws_iam_policy", "aws_iam_role_policy_attachment", "aws_route53_zone", "aws_s3_bucket_versioning",
)  # fmt: skip
"""The types that the environment has none of."""
