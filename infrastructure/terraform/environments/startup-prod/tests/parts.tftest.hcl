mock_provider "aws" {}

variables {
  name       = "glimpse-test"
  region     = "ap-northeast-2"
  zones      = ["apne2-az3", "apne2-az4"]
  vpc_id     = "vpc-1"
  subnet_ids = ["subnet-1", "subnet-2"]
  account_id = "123456789012"

  boundary_arn = "arn:aws:iam::123456789012:policy/glimpse-test-boundary"
}

run "balancer_lets_a_leaving_task_finish" {
  command = plan

  module {
    source = "../../modules/balancer"
  }

  variables {
    certificate_arn = "arn:aws:acm:ap-northeast-2:123456789012:certificate/1"
  }

  assert {
    condition     = tonumber(aws_lb_target_group.this.deregistration_delay) == 30
    error_message = "A leaving task must get 30 s."
  }

  assert {
    condition     = aws_lb.this.idle_timeout == 60
    error_message = "Idle connections must last 60 s."
  }

  assert {
    condition     = one(aws_lb_target_group.this.stickiness).type == "lb_cookie" && one(aws_lb_target_group.this.stickiness).enabled
    error_message = "A client that polls must come back to its task."
  }

  assert {
    condition     = one(aws_lb_listener.http[0].default_action).type == "redirect" && aws_lb_listener.https.protocol == "HTTPS"
    error_message = "Clients must end up on HTTPS."
  }
}

run "balancer_refuses_a_delay_beyond_the_spot_notice_and_a_name_that_is_too_long" {
  command = plan

  module {
    source = "../../modules/balancer"
  }

  variables {
    name                         = "an-environment-of-25-chars"
    certificate_arn              = "arn:aws:acm:ap-northeast-2:123456789012:certificate/1"
    deregistration_delay_seconds = 300
  }

  expect_failures = [var.deregistration_delay_seconds, var.name]
}

run "both_balancers_and_both_kinds_of_target_groups_can_be_at_once" {
  command = plan

  module {
    source = "../../modules/balancer"
  }

  variables {
    certificate_arn = "arn:aws:acm:ap-northeast-2:123456789012:certificate/1"
    internal        = true
    dual_stack      = true
  }

  assert {
    condition     = [aws_lb.this.name, aws_lb_target_group.this.name, aws_security_group.this.name] == ["glimpse-test-int", "glimpse-test-int-ip6", "glimpse-test-int-balancer"]
    error_message = "A second balancer, or its target group, would have the name of the first."
  }
}

run "alarms_are_derived_and_never_equal_to_a_scaling_target" {
  command = plan

  module {
    source = "../../modules/monitoring"
  }

  variables {
    cluster_name        = "glimpse-test"
    service_name        = "glimpse-api"
    balancers           = [{ name = "glimpse-test", balancer = "app/glimpse-test/1", target_group = "targetgroup/glimpse-test-api/1" }]
    database_identifier = "glimpse-test"
    database_class      = "db.t4g.micro"
    database_storage_gb = 20
    database_grows      = true
    egress              = "nat_instance"
    nat                 = { group = "glimpse-test-nat" }
    min_capacity        = 2
    alarm_email         = "on-call@example.com"
    monthly_budget_usd  = 100
  }

  assert {
    condition = [
      aws_cloudwatch_metric_alarm.cpu.threshold,
      aws_cloudwatch_metric_alarm.memory.threshold,
      aws_cloudwatch_metric_alarm.running_tasks.threshold,
      aws_cloudwatch_metric_alarm.errors.threshold,
      aws_cloudwatch_metric_alarm.database_connections.threshold,
    ] == [85, 90, 2, 10, 59]
    error_message = "The thresholds are not 85 %, 90 %, 2 tasks, 10 errors and 59 connections."
  }

  assert {
    condition = [
      aws_cloudwatch_metric_alarm.healthy_tasks[0].threshold,
      aws_cloudwatch_metric_alarm.database_storage.threshold,
      aws_cloudwatch_metric_alarm.database_credits[0].threshold,
      aws_cloudwatch_metric_alarm.database_surplus[0].threshold,
      aws_cloudwatch_metric_alarm.nat_instance[0].threshold,
    ] == [2, 1024 * 1024 * 1024, 12, 0, 1]
    error_message = "The thresholds are not 2 healthy tasks, 1 GiB, the 12 credits of an hour, no charge, and 1 instance."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.running_tasks.statistic == "SampleCount" && aws_cloudwatch_metric_alarm.running_tasks.treat_missing_data == "breaching"
    error_message = "No sample must mean no task."
  }

  assert {
    condition     = aws_sns_topic_subscription.email.endpoint == "on-call@example.com"
    error_message = "The alarms do not reach the address that is given."
  }
}

run "alarms_follow_the_ways_in_and_out_and_the_class_of_the_database" {
  command = plan

  module {
    source = "../../modules/monitoring"
  }

  variables {
    cluster_name        = "glimpse-test"
    service_name        = "glimpse-api"
    database_identifier = "glimpse-test"
    database_class      = "db.m7g.large"
    database_storage_gb = 20
    database_grows      = false
    egress              = "nat_gateway"
    nat                 = { gateway = "nat-1" }
    min_capacity        = 2
    alarm_email         = "on-call@example.com"
    monthly_budget_usd  = 100

    balancers = [
      { name = "glimpse-test-int", balancer = "app/glimpse-test-int/1", target_group = "targetgroup/glimpse-test-int-api/1" },
      { name = "glimpse-test", balancer = "app/glimpse-test/1", target_group = "targetgroup/glimpse-test-api/1" },
    ]
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.healthy_tasks[*].alarm_name == ["glimpse-test-int-healthy-tasks", "glimpse-test-healthy-tasks"]
    error_message = "A way in has no alarm."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.database_storage.threshold == 3 * 1024 * 1024 * 1024
    error_message = "A disk that nobody enlarges must be announced at 15 %."
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.database_credits) + length(aws_cloudwatch_metric_alarm.database_surplus) + length(aws_cloudwatch_metric_alarm.nat_instance) == 0
    error_message = "An alarm watches what is not there."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.nat_gateway[0].metric_name == "ErrorPortAllocation"
    error_message = "The gateway has no alarm."
  }
}

run "alarms_need_somebody_who_hears_them" {
  command = plan

  module {
    source = "../../modules/monitoring"
  }

  variables {
    cluster_name        = "glimpse-test"
    service_name        = "glimpse-api"
    balancers           = [{ name = "glimpse-test", balancer = "app/glimpse-test/1", target_group = "targetgroup/glimpse-test-api/1" }]
    database_identifier = "glimpse-test"
    database_class      = "db.t4g.micro"
    database_storage_gb = 20
    database_grows      = true
    egress              = "ipv6_only"
    min_capacity        = 2
    alarm_email         = ""
    monthly_budget_usd  = 100
  }

  expect_failures = [var.alarm_email]
}

run "bucket_is_private" {
  command = plan

  module {
    source = "../../modules/s3"
  }

  variables {
    allowed_origins = ["https://chat.example.com"]
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "The bucket can become public."
  }

  assert {
    condition     = aws_s3_bucket.this.force_destroy == false
    error_message = "The uploads can be destroyed with the bucket."
  }
}

run "bucket_refuses_every_origin_at_once" {
  command = plan

  module {
    source = "../../modules/s3"
  }

  variables {
    allowed_origins = ["*"]
  }

  expect_failures = [var.allowed_origins]
}

run "network_has_one_self_healing_way_out" {
  command = plan

  module {
    source = "../../modules/networking"
  }

  assert {
    condition     = aws_autoscaling_group.nat[0].min_size == 1 && aws_autoscaling_group.nat[0].max_size == 1 && aws_autoscaling_group.nat[0].desired_capacity == 1
    error_message = "There must always be exactly one NAT instance."
  }

  assert {
    condition     = one(aws_launch_template.nat[0].credit_specification).cpu_credits == "standard"
    error_message = "The NAT instance can run up a bill for CPU credits."
  }

  assert {
    condition     = length(aws_subnet.public) == 2 && length(aws_subnet.private) == 2 && length(aws_route_table.private) == 2
    error_message = "Each zone needs a public and a private subnet."
  }
}

run "the_nat_instance_has_the_tags_and_keeps_its_image" {
  module {
    source = "../../modules/networking"
  }

  variables {
    tags = { Project = "glimpse" }
  }

  # Amazon publishes another image, and nothing happens.
  assert {
    condition     = alltrue([for specification in aws_launch_template.nat[0].tag_specifications : specification.tags["Project"] == "glimpse"]) && length(aws_launch_template.nat[0].tag_specifications) == 3
    error_message = "The cost of the instance, its disk or its interface cannot be told apart."
  }

  assert {
    condition     = anytrue([for tag in aws_autoscaling_group.nat[0].tag : tag.key == "Project" && tag.propagate_at_launch])
    error_message = "The group does not pass its tags on."
  }

  assert {
    condition     = aws_launch_template.nat[0].image_id == data.aws_ssm_parameter.nat_image[0].insecure_value
    error_message = "The first image is not the newest."
  }
}

run "a_new_image_of_amazon_does_not_replace_the_nat_instance" {
  module {
    source = "../../modules/networking"
  }

  override_data {
    target = data.aws_ssm_parameter.nat_image
    values = { insecure_value = "ami-newer" }
  }

  assert {
    condition     = data.aws_ssm_parameter.nat_image[0].insecure_value == "ami-newer" && aws_launch_template.nat[0].image_id != "ami-newer"
    error_message = "An apply would replace the instance whenever Amazon publishes an image."
  }
}

run "a_new_day_takes_the_newest_image" {
  module {
    source = "../../modules/networking"
  }

  variables {
    nat_image_of = "2026-12-01"
  }

  override_data {
    target = data.aws_ssm_parameter.nat_image
    values = { insecure_value = "ami-newer" }
  }

  assert {
    condition     = aws_launch_template.nat[0].image_id == "ami-newer"
    error_message = "The image cannot be updated."
  }
}

run "network_refuses_a_single_zone_and_an_instance_that_cannot_boot_the_image" {
  command = plan

  module {
    source = "../../modules/networking"
  }

  variables {
    zones             = ["ap-northeast-2a"]
    egress            = "vpn"
    nat_instance_type = "t3.nano"
    nat_disk_gb       = 4
    nat_image_of      = "latest"
  }

  expect_failures = [var.zones, var.egress, var.nat_instance_type, var.nat_disk_gb, var.nat_image_of]
}

run "database_is_private_and_never_in_extended_support" {
  command = plan

  module {
    source = "../../modules/rds"
  }

  assert {
    condition     = !aws_db_instance.this.publicly_accessible && aws_db_instance.this.storage_encrypted && aws_db_instance.this.deletion_protection
    error_message = "The database is not protected."
  }

  assert {
    condition     = aws_db_instance.this.engine_lifecycle_support == "open-source-rds-extended-support-disabled"
    error_message = "The database can slip into extended support."
  }
}

run "database_refuses_an_old_engine_and_a_limit_that_rds_refuses" {
  command = plan

  module {
    source = "../../modules/rds"
  }

  variables {
    engine_version = "13.20"
    max_storage_gb = 21
  }

  expect_failures = [var.engine_version, var.max_storage_gb]
}

run "database_grows_to_its_limit" {
  command = plan

  module {
    source = "../../modules/rds"
  }

  variables {
    max_storage_gb = 22
  }

  assert {
    condition     = aws_db_instance.this.allocated_storage == 20 && aws_db_instance.this.max_allocated_storage == 22
    error_message = "The limit of the disk does not arrive."
  }
}

run "cache_follows_the_engine_and_is_reached_over_tls" {
  module {
    source = "../../modules/elasticache"
  }

  variables {
    engine = "valkey"
  }

  assert {
    condition     = aws_elasticache_replication_group.this[0].engine == "valkey" && aws_elasticache_replication_group.this[0].engine_version == "8.0"
    error_message = "Valkey has no version 7.1."
  }

  assert {
    condition     = output.url == "rediss://${aws_elasticache_replication_group.this[0].primary_endpoint_address}:6379"
    error_message = "The service is not told where its events pass."
  }
}

run "serverless_cache_follows_the_engine_and_is_reached_over_tls" {
  module {
    source = "../../modules/elasticache"
  }

  variables {
    bus    = "cache_serverless"
    engine = "valkey"

    dual_stack = true
  }

  override_resource {
    target = aws_elasticache_serverless_cache.this
    values = { endpoint = [{ address = "events.example.com", port = 6379 }] }
  }

  assert {
    condition     = aws_elasticache_serverless_cache.this[0].engine == "valkey" && aws_elasticache_serverless_cache.this[0].major_engine_version == "8"
    error_message = "Valkey has no version 7."
  }

  assert {
    condition     = aws_elasticache_serverless_cache.this[0].network_type == "dual_stack"
    error_message = "A task without IPv4 could not reach the cache."
  }

  assert {
    condition     = output.url == "rediss://events.example.com:6379"
    error_message = "The service is not told where its events pass."
  }
}

run "without_a_cache_events_pass_through_the_database" {
  command = plan

  module {
    source = "../../modules/elasticache"
  }

  variables {
    bus = "postgresql"
  }

  assert {
    condition     = output.url == "postgresql:" && output.security_group_id == null
    error_message = "The service is not told that there is no cache."
  }
}

run "each_secret_that_a_task_reads_is_one_that_deploy_puts_in" {
  module {
    source = "../../modules/secrets"
  }

  variables {
    downloads = "cloudfront"
  }

  assert {
    condition = [for secret in output.needed : "${secret.name} ${secret.store} ${secret.kind}"] == [
      "glimpse-test/jwt-signing-keys secrets_manager random",
      "/glimpse-test/database-password parameter_store random",
      "/glimpse-test/downloads-signing-key parameter_store rsa_key",
    ]
    error_message = "deploy would leave a secret without a value, or put one where nobody reads it."
  }

  assert {
    condition     = output.jwt_arn == aws_secretsmanager_secret.jwt[0].arn && output.secret_arns == [output.jwt_arn]
    error_message = "A task may not read its signing keys."
  }

  assert {
    condition     = output.parameter_arns == [output.database_arn, output.downloads_arn]
    error_message = "A task may not read its parameters, or reads others."
  }

  assert {
    condition     = output.database_arn == "arn:aws:ssm:ap-northeast-2:123456789012:parameter/glimpse-test/database-password"
    error_message = "A task would look for its password elsewhere."
  }
}

run "parameters_take_the_place_of_the_secret" {
  command = plan

  module {
    source = "../../modules/secrets"
  }

  variables {
    store = "parameter_store"
  }

  assert {
    condition     = [for secret in output.needed : secret.name] == ["/glimpse-test/jwt-signing-keys", "/glimpse-test/database-password"]
    error_message = "deploy would leave a parameter without a value."
  }

  assert {
    condition     = length(aws_secretsmanager_secret.jwt) == 0 && length(output.secret_arns) == 0
    error_message = "A secret is paid for beside its parameter."
  }

  assert {
    condition = output.parameter_arns == [
      for secret in output.needed : "arn:aws:ssm:ap-northeast-2:123456789012:parameter${secret.name}"
    ]
    error_message = "A task may not read its parameters, or reads others."
  }
}

run "a_task_is_started_with_its_own_secrets_and_parameters" {
  command = plan

  module {
    source = "../../modules/roles"
  }

  variables {
    repository_arn = "arn:aws:ecr:ap-northeast-2:123456789012:repository/glimpse-api"
    log_group_arn  = "arn:aws:logs:ap-northeast-2:123456789012:log-group:/ecs/glimpse-api"
    bucket_arn     = "arn:aws:s3:::uploads"
    object_arns    = ["arn:aws:s3:::uploads/*"]
    secret_arns    = ["arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:jwt"]
    parameter_arns = ["arn:aws:ssm:ap-northeast-2:123456789012:parameter/password", "arn:aws:ssm:ap-northeast-2:123456789012:parameter/downloads"]

    owner_secret_arn       = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:rds"
    database_parameter_arn = "arn:aws:ssm:ap-northeast-2:123456789012:parameter/password"
  }

  assert {
    condition = jsonencode({
      for each in jsondecode(aws_iam_role_policy.execution.policy).Statement : each.Action => each.Resource
      if can(regex("^(ssm|secretsmanager):", each.Action))
    }) == jsonencode({ "secretsmanager:GetSecretValue" = var.secret_arns, "ssm:GetParameters" = var.parameter_arns })
    error_message = "The role may read other secrets or parameters than a task is started with."
  }

  assert {
    condition = jsonencode({
      for each in jsondecode(aws_iam_role_policy.migrate_execution.policy).Statement : each.Action => each.Resource
      if can(regex("^(ssm|secretsmanager):", each.Action))
    }) == jsonencode({ "secretsmanager:GetSecretValue" = var.owner_secret_arn, "ssm:GetParameters" = var.database_parameter_arn })
    error_message = "A migration may read other secrets or parameters than it is started with."
  }
}

run "a_role_that_reads_no_secret_has_no_empty_statement" {
  command = plan

  module {
    source = "../../modules/roles"
  }

  variables {
    repository_arn         = "arn:aws:ecr:ap-northeast-2:123456789012:repository/glimpse-api"
    log_group_arn          = "arn:aws:logs:ap-northeast-2:123456789012:log-group:/ecs/glimpse-test"
    bucket_arn             = "arn:aws:s3:::uploads"
    object_arns            = ["arn:aws:s3:::uploads/*"]
    secret_arns            = []
    parameter_arns         = []
    owner_secret_arn       = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:rds"
    database_parameter_arn = "arn:aws:ssm:ap-northeast-2:123456789012:parameter/password"
  }

  assert {
    condition     = length([for each in jsondecode(aws_iam_role_policy.execution.policy).Statement : each if length(flatten([each.Resource])) == 0]) == 0
    error_message = "IAM refuses a statement without a resource."
  }
}

run "bucket_refuses_plain_http_and_old_signatures_and_lets_cloudfront_read_what_was_checked" {
  module {
    source = "../../modules/s3"
  }

  variables {
    allowed_origins   = ["https://chat.example.com"]
    distribution_arns = ["arn:aws:cloudfront::123456789012:distribution/E1"]
  }

  assert {
    condition = {
      for each in jsondecode(aws_s3_bucket_policy.this.policy).Statement : each.Sid => "${each.Effect} ${each.Action} ${jsonencode(each.Condition)}"
      } == {
      RefusePlainHttp     = "Deny s3:* {\"Bool\":{\"aws:SecureTransport\":\"false\"}}"
      RefuseOldSignatures = "Deny s3:* {\"NumericGreaterThan\":{\"s3:signatureAge\":600000}}"
      LetCloudFrontRead   = "Allow s3:GetObject {\"StringEquals\":{\"aws:SourceArn\":\"arn:aws:cloudfront::123456789012:distribution/E1\"}}"
    }
    error_message = "The bucket lets in more, or refuses less, than it should."
  }

  assert {
    condition     = [for each in jsondecode(aws_s3_bucket_policy.this.policy).Statement : each.Resource if each.Sid == "LetCloudFrontRead"] == ["${aws_s3_bucket.this.arn}/uploads/*"]
    error_message = "CloudFront can read what was not checked."
  }

  assert {
    condition = {
      for rule in aws_s3_bucket_lifecycle_configuration.this.rule : rule.id => one(rule.expiration[*].days) if length(rule.expiration) > 0
    } == { expire-unconfirmed-uploads = 1 }
    error_message = "What was never checked does not go by itself."
  }
}

run "the_service_may_do_with_objects_what_it_does_and_nothing_else" {
  command = plan

  module {
    source = "../../modules/roles"
  }

  variables {
    repository_arn = "arn:aws:ecr:ap-northeast-2:123456789012:repository/glimpse-api"
    log_group_arn  = "arn:aws:logs:ap-northeast-2:123456789012:log-group:/ecs/glimpse-api"
    secret_arns    = []
    parameter_arns = []
    bucket_arn     = "arn:aws:s3:::uploads"
    object_arns    = ["arn:aws:s3:::uploads/pending/*", "arn:aws:s3:::uploads/uploads/*"]

    owner_secret_arn       = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:rds"
    database_parameter_arn = "arn:aws:ssm:ap-northeast-2:123456789012:parameter/password"
  }

  assert {
    condition = jsonencode(jsondecode(aws_iam_role_policy.task.policy).Statement) == jsonencode([
      { Action = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], Effect = "Allow", Resource = var.object_arns },
      { Action = "s3:ListBucket", Effect = "Allow", Resource = var.bucket_arn },
    ])
    error_message = "The task may do more, or less."
  }
}

run "files_by_cloudfront_need_a_signature_and_are_never_guessed_at" {
  command = plan

  module {
    source = "../../modules/downloads"
  }

  variables {
    domain_name     = "files.chat.example.com"
    zone_id         = "Z1"
    bucket_name     = "glimpse-test-uploads"
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1"
    public_key      = "-----BEGIN PUBLIC KEY-----"
    allowed_origins = ["https://chat.example.com"]
  }

  assert {
    condition     = aws_cloudfront_origin_access_control.this.signing_behavior == "always" && aws_cloudfront_origin_access_control.this.signing_protocol == "sigv4"
    error_message = "The bucket could not tell CloudFront from anybody."
  }

  assert {
    condition     = one(one(aws_cloudfront_response_headers_policy.this.security_headers_config).content_type_options).override
    error_message = "A browser may guess what a file is."
  }

  assert {
    condition     = one(aws_cloudfront_distribution.this.default_cache_behavior).viewer_protocol_policy == "https-only" && length(one(aws_cloudfront_distribution.this.default_cache_behavior).allowed_methods) == 2
    error_message = "CloudFront does more than read, or reads in the clear."
  }
}

run "files_by_cloudfront_need_a_public_key" {
  command = plan

  module {
    source = "../../modules/downloads"
  }

  variables {
    domain_name     = "files.chat.example.com"
    zone_id         = "Z1"
    bucket_name     = "glimpse-test-uploads"
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1"
    public_key      = "-----BEGIN PRIVATE KEY-----"
    allowed_origins = []
  }

  expect_failures = [var.public_key]
}
