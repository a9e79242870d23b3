"""
Resource types that cost nothing themselves: plumbing, permissions, settings of something that is charged where
it stands, and definitions that only something else makes run.

Budgets: one that only watches and notifies is free (AWS Budgets pricing page, as collected 2026-11-22).
"""

from __future__ import annotations

FREE = frozenset(
    """
    aws_vpc aws_subnet aws_internet_gateway aws_egress_only_internet_gateway aws_route aws_route_table
    aws_route_table_association aws_main_route_table_association aws_default_route_table aws_default_vpc
    aws_default_subnet aws_default_network_acl aws_network_acl aws_network_acl_rule aws_network_interface
    aws_network_interface_attachment aws_network_interface_sg_attachment aws_security_group aws_security_group_rule
    aws_default_security_group aws_vpc_security_group_ingress_rule aws_vpc_security_group_egress_rule
    aws_vpc_dhcp_options aws_vpc_dhcp_options_association aws_vpc_ipv4_cidr_block_association
    aws_vpc_ipv6_cidr_block_association aws_vpc_endpoint_route_table_association aws_vpc_endpoint_policy
    aws_vpc_endpoint_subnet_association aws_vpc_endpoint_security_group_association aws_vpc_peering_connection
    aws_vpc_peering_connection_accepter aws_vpc_peering_connection_options aws_eip_association
    aws_ec2_managed_prefix_list aws_ec2_managed_prefix_list_entry aws_service_discovery_service

    aws_lb_listener aws_lb_listener_rule aws_lb_listener_certificate aws_lb_target_group
    aws_lb_target_group_attachment aws_alb_listener aws_alb_listener_rule aws_alb_target_group
    aws_alb_target_group_attachment aws_acm_certificate_validation

    aws_ecs_task_definition aws_ecs_cluster_capacity_providers aws_ecs_account_setting_default
    aws_ecs_capacity_provider aws_cloudwatch_event_rule aws_cloudwatch_event_target aws_lambda_permission
    aws_cloudwatch_log_subscription_filter aws_ec2_tag aws_iam_saml_provider
    aws_appautoscaling_target aws_autoscaling_policy aws_autoscaling_schedule
    aws_autoscaling_attachment aws_autoscaling_lifecycle_hook aws_launch_template aws_launch_configuration
    aws_key_pair aws_placement_group aws_volume_attachment aws_ami_launch_permission

    aws_db_subnet_group aws_db_parameter_group aws_db_option_group aws_db_event_subscription
    aws_rds_cluster_parameter_group aws_elasticache_subnet_group aws_elasticache_parameter_group
    aws_elasticache_user aws_elasticache_user_group aws_elasticache_user_group_association

    aws_s3_bucket_policy aws_s3_bucket_public_access_block aws_s3_bucket_ownership_controls
    aws_s3_bucket_server_side_encryption_configuration aws_s3_bucket_cors_configuration
    aws_s3_bucket_lifecycle_configuration aws_s3_bucket_versioning aws_s3_bucket_acl aws_s3_bucket_logging
    aws_s3_bucket_notification aws_s3_bucket_website_configuration aws_s3_account_public_access_block

    aws_cloudfront_vpc_origin aws_cloudfront_origin_access_control aws_cloudfront_origin_access_identity
    aws_cloudfront_cache_policy aws_cloudfront_origin_request_policy aws_cloudfront_response_headers_policy
    aws_cloudfront_public_key aws_cloudfront_key_group aws_apigatewayv2_stage aws_apigatewayv2_route
    aws_apigatewayv2_integration aws_apigatewayv2_integration_response aws_apigatewayv2_route_response
    aws_apigatewayv2_deployment aws_apigatewayv2_authorizer aws_apigatewayv2_model aws_apigatewayv2_vpc_link
    aws_apigatewayv2_domain_name aws_apigatewayv2_api_mapping aws_lambda_alias aws_lambda_event_source_mapping
    aws_lambda_function_event_invoke_config aws_lambda_layer_version aws_lambda_layer_version_permission

    aws_iam_role aws_iam_role_policy aws_iam_role_policy_attachment aws_iam_role_policies_exclusive
    aws_iam_role_policy_attachments_exclusive aws_iam_policy aws_iam_policy_attachment aws_iam_instance_profile
    aws_iam_user aws_iam_user_policy aws_iam_user_policy_attachment aws_iam_group aws_iam_group_policy
    aws_iam_group_membership aws_iam_group_policy_attachment aws_iam_access_key aws_iam_openid_connect_provider
    aws_iam_service_linked_role aws_iam_account_alias aws_iam_account_password_policy

    aws_cloudwatch_log_stream aws_cloudwatch_log_resource_policy aws_cloudwatch_log_metric_filter
    aws_sns_topic_policy aws_sns_topic_subscription aws_budgets_budget aws_ecr_lifecycle_policy
    aws_ecr_repository_policy aws_secretsmanager_secret_version aws_secretsmanager_secret_policy
    aws_secretsmanager_secret_rotation aws_kms_alias aws_kms_key_policy aws_kms_grant aws_route53_record
    aws_route53_zone_association aws_resourcegroups_group
    """.split()
)

HELPERS = ("random_", "null_", "local_", "tls_", "time_", "archive_", "template_", "terraform_data", "external_")
"""Providers that make values on the machine that runs Terraform."""


def is_free(type_: str) -> bool:
    """Whether resources of a type cost nothing, however many there are."""
    return type_ in FREE or type_.startswith(HELPERS)
