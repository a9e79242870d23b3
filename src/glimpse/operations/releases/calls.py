"""Each call of AWS's APIs that a deploy makes by itself, by step, with its right. Terraform has its own."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

REGISTRY = "registry"
"""The service of the calls by which an image is pushed: those of the registry's own protocol."""


class Call(Struct, frozen=True):
    """`service` and `operation` as boto3 names them; `right` is the IAM action."""

    service: str
    operation: str
    right: str


READ_STATE = (
    Call("s3", "head_bucket", "s3:ListBucket"),
    Call("s3", "head_object", "s3:GetObject"),
)
RUN_A_TASK = (
    Call("ecs", "list_tasks", "ecs:ListTasks"),
    Call("ecs", "describe_task_definition", "ecs:DescribeTaskDefinition"),
    Call("ecs", "run_task", "ecs:RunTask"),
    # RunTask hands the roles of the task definition on.
    Call("ecs", "run_task", "iam:PassRole"),
    Call("ecs", "run_task", "ecs:TagResource"),
    Call("ecs", "describe_tasks", "ecs:DescribeTasks"),
    Call("logs", "get_log_events", "logs:GetLogEvents"),
)
PUSH = tuple(
    Call(REGISTRY, operation, f"ecr:{right}")
    for operation, right in (
        ("look for a layer", "BatchCheckLayerAvailability"),
        ("look for the image", "BatchGetImage"),
        ("begin a layer", "InitiateLayerUpload"),
        ("send a part of a layer", "UploadLayerPart"),
        ("end a layer", "CompleteLayerUpload"),
        ("put the image", "PutImage"),
    )
)
WATCH_THE_SERVICE = (
    Call("ecs", "describe_services", "ecs:DescribeServices"),
    # Only where the image is given up.
    Call("ssm", "get_parameter", "ssm:GetParameter"),
)
VERIFY = (
    Call("application-autoscaling", "describe_scalable_targets", "application-autoscaling:DescribeScalableTargets"),
    Call("ce", "get_cost_and_usage", "ce:GetCostAndUsage"),
    Call("cloudwatch", "describe_alarms", "cloudwatch:DescribeAlarms"),
    Call("cloudwatch", "get_metric_data", "cloudwatch:GetMetricData"),
    Call("ecs", "describe_services", "ecs:DescribeServices"),
    Call("ecs", "describe_task_definition", "ecs:DescribeTaskDefinition"),
    Call("ecs", "describe_tasks", "ecs:DescribeTasks"),
    Call("ecs", "list_tasks", "ecs:ListTasks"),
    Call("elbv2", "describe_listeners", "elasticloadbalancing:DescribeListeners"),
    Call("elbv2", "describe_load_balancer_attributes", "elasticloadbalancing:DescribeLoadBalancerAttributes"),
    Call("elbv2", "describe_load_balancers", "elasticloadbalancing:DescribeLoadBalancers"),
    Call("elbv2", "describe_target_group_attributes", "elasticloadbalancing:DescribeTargetGroupAttributes"),
    Call("elbv2", "describe_target_groups", "elasticloadbalancing:DescribeTargetGroups"),
    Call("rds", "describe_db_instances", "rds:DescribeDBInstances"),
    Call("rds", "describe_db_major_engine_versions", "rds:DescribeDBMajorEngineVersions"),
    Call("rds", "describe_db_parameters", "rds:DescribeDBParameters"),
)
"""Those of `glimpse verify --on aws`, which has a policy of its own for others who run it."""

CALLS: Mapping[str, tuple[Call, ...]] = {
    "preflight": (
        Call("sts", "get_caller_identity", "sts:GetCallerIdentity"),
        Call("ec2", "describe_regions", "ec2:DescribeRegions"),
        Call("ec2", "describe_vpcs", "ec2:DescribeVpcs"),
        Call("service-quotas", "get_service_quota", "servicequotas:GetServiceQuota"),
        Call("service-quotas", "get_aws_default_service_quota", "servicequotas:GetAWSDefaultServiceQuota"),
        Call("ec2", "describe_availability_zones", "ec2:DescribeAvailabilityZones"),
        Call("iam", "get_role", "iam:GetRole"),
        Call("iam", "simulate_principal_policy", "iam:SimulatePrincipalPolicy"),
    ),
    "bootstrap": READ_STATE,
    "delegation": (Call("acm", "describe_certificate", "acm:DescribeCertificate"),),
    "image": (
        Call("ecr", "describe_images", "ecr:DescribeImages"),
        Call("ecr", "get_authorization_token", "ecr:GetAuthorizationToken"),
        *PUSH,
    ),
    "plan": (),
    "prepare": (),
    "secrets": (
        Call("ssm", "get_parameter", "ssm:GetParameter"),
        Call("ssm", "put_parameter", "ssm:PutParameter"),
        Call("secretsmanager", "describe_secret", "secretsmanager:DescribeSecret"),
        Call("secretsmanager", "restore_secret", "secretsmanager:RestoreSecret"),
        Call("secretsmanager", "get_secret_value", "secretsmanager:GetSecretValue"),
        Call("secretsmanager", "delete_secret", "secretsmanager:DeleteSecret"),
        Call("secretsmanager", "put_secret_value", "secretsmanager:PutSecretValue"),
    ),
    "migrate": RUN_A_TASK,
    "apply": WATCH_THE_SERVICE,
    "rollout": WATCH_THE_SERVICE,
    "migrate_after": RUN_A_TASK,
    "verify": (
        Call("ssm", "get_parameter", "ssm:GetParameter"),
        Call("ssm", "put_parameter", "ssm:PutParameter"),
        *VERIFY,
    ),
}
