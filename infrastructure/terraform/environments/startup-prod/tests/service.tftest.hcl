mock_provider "aws" {}

variables {
  name                       = "glimpse-test"
  service_name               = "glimpse-api"
  region                     = "ap-northeast-2"
  vpc_id                     = "vpc-1"
  subnet_ids                 = ["subnet-1", "subnet-2"]
  balancers                  = { public = { security_group_id = "sg-1", target_group_arn = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/api/1" } }
  database_security_group_id = "sg-2"
  cache_security_group_id    = "sg-3"
  execution_role_arn         = "arn:aws:iam::123456789012:role/execution"
  migrate_execution_role_arn = "arn:aws:iam::123456789012:role/migrate-execution"
  task_role_arn              = "arn:aws:iam::123456789012:role/task"
  repository_url             = "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/glimpse-api"
  image_digest               = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
  secrets                    = { PGPASSWORD = "arn:aws:ssm:ap-northeast-2:123456789012:parameter/password" }
  migrate_environment        = { GLIMPSE_DATABASE_URL = "postgresql://glimpse@database.example.com/glimpse" }
  migrate_secrets            = { PGPASSWORD = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:db:password::" }
  environment                = { GLIMPSE_S3_BUCKET = "uploads" }
  task_cpu                   = 256
  task_memory                = 512
  uploads                    = "api"
  keep_alive_seconds         = 5
  database_pool              = 100
  fargate_base               = 1
  fargate_weight             = 30
  fargate_spot_weight        = 70
  desired_count              = 3
  min_capacity               = 2
  max_capacity               = 20
}

run "keeps_the_promises_of_the_first_design" {
  command = plan

  module {
    source = "../../modules/ecs"
  }

  assert {
    condition = {
      for each in aws_ecs_service.this.capacity_provider_strategy : each.capacity_provider => "${each.base} ${each.weight}"
    } == { FARGATE = "1 30", FARGATE_SPOT = "0 70" }
    error_message = "The strategy is not base 1, 30 to 70."
  }

  assert {
    condition     = aws_appautoscaling_target.this.min_capacity == 2 && aws_appautoscaling_target.this.max_capacity == 20
    error_message = "Autoscaling does not stay between 2 and 20 tasks."
  }

  assert {
    condition     = aws_ecs_service.this.deployment_minimum_healthy_percent == 100 && aws_ecs_service.this.deployment_maximum_percent == 200
    error_message = "A deploy must start new tasks before it stops old ones."
  }

  assert {
    condition     = aws_ecs_service.this.force_new_deployment
    error_message = "A new strategy would not reach the running tasks."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].stopTimeout == 120
    error_message = "A task must get all 120 s of a Spot notice."
  }

  assert {
    condition     = contains(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment, { name = "GLIMPSE_DRAIN_SECONDS", value = "25" })
    error_message = "A task must drain within 25 s."
  }

  assert {
    condition     = endswith(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].image, "/glimpse-api@${var.image_digest}")
    error_message = "The image is not given by digest."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].readonlyRootFilesystem
    error_message = "The image's files can be changed."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].secrets == [{ name = "PGPASSWORD", valueFrom = var.secrets.PGPASSWORD }]
    error_message = "The password does not come from its secret."
  }
}

run "keeps_the_promises_of_the_balanced_design" {
  command = plan

  module {
    source = "../../modules/ecs"
  }

  variables {
    fargate_weight      = 10
    fargate_spot_weight = 90
    desired_count       = 2
    uploads             = "presigned"
    keep_alive_seconds  = 65
    database_pool       = 1
  }

  assert {
    condition = {
      for each in aws_ecs_service.this.capacity_provider_strategy : each.capacity_provider => "${each.base} ${each.weight}"
    } == { FARGATE = "1 10", FARGATE_SPOT = "0 90" }
    error_message = "The strategy is not base 1, 10 to 90."
  }

  assert {
    condition = aws_ecs_service.this.tags == tomap({
      "glimpse:uploads"            = "presigned"
      "glimpse:keep-alive-seconds" = "65"
      "glimpse:database-pool"      = "1"
    })
    error_message = "The tags do not show the settings."
  }

  assert {
    condition = alltrue([
      for name, value in { GLIMPSE_KEEP_ALIVE_SECONDS = "65", GLIMPSE_DATABASE_POOL = "1" } :
      contains(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment, { name = name, value = value })
    ])
    error_message = "The task does not get the settings that the tags show."
  }
}

run "a_migration_is_started_as_what_it_is" {
  command = plan

  module {
    source = "../../modules/ecs"
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.migrate.container_definitions)[0].command == ["glimpse", "migrate"]
    error_message = "A migration would serve."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.migrate.container_definitions)[0].secrets == [{ name = "PGPASSWORD", valueFrom = var.migrate_secrets.PGPASSWORD }]
    error_message = "A migration would log in as another user than the owner."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.migrate.container_definitions)[0].image == jsondecode(aws_ecs_task_definition.this.container_definitions)[0].image
    error_message = "A migration of another release."
  }

  assert {
    condition     = output.migration.container == jsondecode(aws_ecs_task_definition.migrate.container_definitions)[0].name && output.migration.assign_public_ip == false
    error_message = "deploy could not start a migration."
  }
}

run "a_development_service_sleeps_at_night" {
  command = plan

  module {
    source = "../../modules/ecs"
  }

  variables {
    stage                   = "development"
    night_off               = true
    bus                     = "postgresql"
    cache_security_group_id = null
  }

  assert {
    condition = [
      for each in [aws_appautoscaling_scheduled_action.night[0], aws_appautoscaling_scheduled_action.morning[0]] :
      "${each.schedule} ${each.timezone} ${one(each.scalable_target_action).min_capacity} ${one(each.scalable_target_action).max_capacity}"
    ] == ["cron(0 22 * * ? *) Asia/Seoul 0 0", "cron(0 7 * * ? *) Asia/Seoul 2 20"]
    error_message = "The tasks do not stop at 22:00 and come back at 07:00."
  }

  assert {
    condition     = aws_ecs_service.this.tags["glimpse:environment"] == "development"
    error_message = "The tags do not show the settings."
  }
}

run "refuses_what_fargate_does_not_run" {
  command = plan

  module {
    source = "../../modules/ecs"
  }

  variables {
    image_digest     = "latest"
    task_memory      = 4096
    cpu_architecture = "arm"
    secrets          = { PGPASSWORD = "in the clear" }
    migrate_secrets  = { PGPASSWORD = "in the clear" }
    drain_seconds    = 120
    fargate_weight   = 0.5

    cache_security_group_id = null
    night_off               = true
  }

  expect_failures = [
    var.image_digest,
    var.task_memory,
    var.cpu_architecture,
    var.secrets,
    var.migrate_secrets,
    var.drain_seconds,
    var.fargate_weight,
    var.cache_security_group_id,
    var.night_off,
  ]
}
