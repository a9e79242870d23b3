mock_provider "aws" {}

variables {
  image_digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
  alarm_email  = "on-call@example.com"
}

run "warns_of_what_the_first_design_gets_wrong" {
  command = plan

  assert {
    condition     = var.fargate_base == 1 && var.fargate_weight == 30 && var.fargate_spot_weight == 70
    error_message = "The first design has one task on demand and a ratio of 30 to 70."
  }

  assert {
    condition     = var.min_capacity == 2 && var.desired_count == 3 && var.max_capacity == 20
    error_message = "The first design has 2, 3 and 20 tasks."
  }

  assert {
    condition     = module.balancer[0].idle_timeout_seconds == 60
    error_message = "The balancer keeps idle connections for 60 s."
  }

  expect_failures = [check.keep_alive_outlasts_balancer, check.database_connections_fit]
}

run "accepts_the_balanced_design_without_a_warning" {
  command = plan

  variables {
    fargate_weight      = 10
    fargate_spot_weight = 90
    desired_count       = 2
    uploads             = "presigned"
    keep_alive_seconds  = 65
    database_pool       = 1
  }
}

run "warns_of_a_keep_alive_equal_to_the_balancers_and_of_a_pool_one_too_large" {
  command = plan

  variables {
    keep_alive_seconds = 60
    database_pool      = 2
  }

  expect_failures = [check.keep_alive_outlasts_balancer, check.database_connections_fit]
}

run "refuses_values_out_of_range" {
  command = plan

  variables {
    name                = "Glimpse"
    fargate_base        = -1
    fargate_spot_weight = 1001
    min_capacity        = 0
    uploads             = "ftp"
    keep_alive_seconds  = 0
    database_pool       = 0
    egress              = "vpn"
    ingress             = "nginx"
    bus                 = "sns"
    environment         = "staging"
    time_zone           = "KST+9"
    log_retention_days  = 31
    secret_store        = "vault"

    database_max_storage_gb = 21
  }

  expect_failures = [
    var.name,
    var.fargate_base,
    var.fargate_spot_weight,
    var.min_capacity,
    var.uploads,
    var.keep_alive_seconds,
    var.database_pool,
    var.egress,
    var.ingress,
    var.bus,
    var.environment,
    var.time_zone,
    var.log_retention_days,
    var.database_max_storage_gb,
    var.secret_store,
  ]
}

run "refuses_fewer_tasks_than_the_minimum_and_a_strategy_of_zero_weights" {
  command = plan

  variables {
    desired_count       = 1
    fargate_weight      = 0
    fargate_spot_weight = 0
    keep_alive_seconds  = 65
    database_pool       = 1
  }

  expect_failures = [var.desired_count, var.fargate_spot_weight]
}

run "refuses_more_tasks_than_the_maximum_a_production_that_sleeps_and_zones_elsewhere" {
  command = plan

  variables {
    max_capacity       = 2
    night_off          = true
    zones              = ["ap-northeast-2a", "use1-az1"]
    keep_alive_seconds = 65
    database_pool      = 1
  }

  expect_failures = [var.desired_count, var.night_off, var.zones]
}

run "refuses_zones_that_cloudfront_does_not_reach" {
  command = plan

  variables {
    ingress            = "both"
    zones              = ["apne2-az1", "apne2-az3"]
    keep_alive_seconds = 65
    database_pool      = 1
  }

  expect_failures = [var.zones]
}

run "admits_those_zones_behind_a_balancer_alone" {
  command = plan

  variables {
    zones              = ["apne2-az1", "apne2-az3"]
    keep_alive_seconds = 65
    database_pool      = 1
  }

  assert {
    condition     = length(module.networking.public_subnet_ids) == 2
    error_message = "The number of zones is not known."
  }
}

run "with_both_ways_in_either_can_go_next" {
  command = plan

  variables {
    ingress            = "both"
    keep_alive_seconds = 65
    database_pool      = 1
  }

  assert {
    condition     = keys(local.balancers) == ["internal", "public"]
    error_message = "The tasks do not join both balancers."
  }
}
