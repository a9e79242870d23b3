"""Whether anything in the files uses what may stand idle: an address, a volume, a snapshot, a target group."""

from __future__ import annotations

from collections.abc import Iterable

from glimpse.planner.outside.terraform_files.block import ArgumentUnknown, Block, Tree

Uses = Iterable[tuple[str, str]]
"""Types of resources, and the argument in which each names what it uses (the provider's schema)."""

STARTED_WITH = (
    ("aws_instance", "user_data"),
    ("aws_instance", "user_data_base64"),
    ("aws_spot_instance_request", "user_data"),
    ("aws_launch_template", "user_data"),
    ("aws_launch_configuration", "user_data"),
    ("aws_launch_configuration", "user_data_base64"),
)
"""Arguments with the script that an instance starts with: the script may attach what it names."""

OF_ADDRESS = (
    ("aws_eip_association", "allocation_id"),
    ("aws_eip_association", "public_ip"),
    ("aws_nat_gateway", "allocation_id"),
    ("aws_nat_gateway", "secondary_allocation_ids"),
    ("aws_nat_gateway", "availability_zone_address.allocation_ids"),
    ("aws_lb", "subnet_mapping.allocation_id"),
    ("aws_alb", "subnet_mapping.allocation_id"),
    ("aws_globalaccelerator_endpoint_group", "endpoint_configuration.endpoint_id"),
    ("aws_transfer_server", "endpoint_details.address_allocation_ids"),
    ("aws_redshift_cluster", "elastic_ip"),
    ("aws_customer_gateway", "ip_address"),
    ("aws_route53_record", "records"),
    ("aws_route53_health_check", "ip_address"),
    *STARTED_WITH,
)
OF_VOLUME = (
    ("aws_volume_attachment", "volume_id"),
    ("aws_ebs_volume_copy", "source_volume_id"),
    ("kubernetes_persistent_volume", "spec.persistent_volume_source.aws_elastic_block_store.volume_id"),
    ("kubernetes_persistent_volume_v1", "spec.persistent_volume_source.aws_elastic_block_store.volume_id"),
    *STARTED_WITH,
)
OF_SNAPSHOT = (
    ("aws_ebs_volume", "snapshot_id"),
    ("aws_ebs_snapshot_copy", "source_snapshot_id"),
    ("aws_ebs_fast_snapshot_restore", "snapshot_id"),
    ("aws_snapshot_create_volume_permission", "snapshot_id"),
    ("aws_ami", "ebs_block_device.snapshot_id"),
    ("aws_instance", "ebs_block_device.snapshot_id"),
    ("aws_launch_configuration", "ebs_block_device.snapshot_id"),
    ("aws_launch_template", "block_device_mappings.ebs.snapshot_id"),
)
OF_TARGET_GROUP = (
    ("aws_lb_target_group_attachment", "target_group_arn"),
    ("aws_alb_target_group_attachment", "target_group_arn"),
    ("aws_ecs_service", "load_balancer.target_group_arn"),
    ("aws_ecs_service", "load_balancer.advanced_configuration.alternate_target_group_arn"),
    ("aws_ecs_task_set", "load_balancer.target_group_arn"),
    ("aws_autoscaling_group", "target_group_arns"),
    ("aws_autoscaling_group", "traffic_source.identifier"),
    ("aws_autoscaling_attachment", "lb_target_group_arn"),
    ("aws_autoscaling_attachment", "alb_target_group_arn"),
    ("aws_autoscaling_traffic_source_attachment", "traffic_source.identifier"),
    ("aws_spot_fleet_request", "target_group_arns"),
)


def is_used(target: Block, tree: Tree, uses: Uses) -> bool | None:
    """Whether any of `uses` refers to `target`; None if an unknown value might."""
    unknown = False
    for type_, argument in uses:
        try:
            if tree.referenced_by(target, argument, type_):
                return True
        except ArgumentUnknown:
            unknown = True
    return None if unknown else False
