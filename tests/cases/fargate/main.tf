provider "aws" {
  region = "ap-northeast-2"
}

# Two services: one scaled over Spot, one fixed on ARM with a public address and a larger disk.
resource "aws_ecs_cluster" "main" {
  name = "main"
}

resource "aws_ecs_task_definition" "api" {
  family = "api"
  cpu    = "256"
  memory = "512"
}

resource "aws_ecs_service" "api" {
  name            = "api"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.api.arn
  desired_count   = 5

  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = 1
    weight            = 30
  }

  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = 70
  }

  load_balancer {
    target_group_arn = "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:targetgroup/api/1"
    container_name   = "api"
    container_port   = 3001
  }
}

resource "aws_appautoscaling_target" "api" {
  resource_id  = "service/${aws_ecs_cluster.main.name}/${aws_ecs_service.api.name}"
  min_capacity = 3
  max_capacity = 10
}

resource "aws_ecs_task_definition" "worker" {
  family = "worker"
  cpu    = "512"
  memory = "1024"

  runtime_platform {
    cpu_architecture = "ARM64"
  }

  ephemeral_storage {
    size_in_gib = 30
  }
}

resource "aws_ecs_service" "worker" {
  name            = "worker"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.worker.arn
  launch_type     = "FARGATE"
  desired_count   = 1

  network_configuration {
    assign_public_ip = true
  }
}

# Each task has a volume of its own.
resource "aws_ecs_service" "search" {
  name            = "search"
  launch_type     = "FARGATE"
  task_definition = aws_ecs_task_definition.api.arn
  desired_count   = 2

  volume_configuration {
    name = "index"

    managed_ebs_volume {
      role_arn   = "arn:aws:iam::123456789012:role/volumes"
      size_in_gb = 100
      iops       = 4000
      throughput = 250
    }
  }
}

# Tasks on instances, each with a volume of a size that its snapshot decides.
resource "aws_ecs_service" "index" {
  name            = "index"
  launch_type     = "EC2"
  task_definition = aws_ecs_task_definition.api.arn
  desired_count   = 2

  volume_configuration {
    name = "index"

    managed_ebs_volume {
      role_arn    = "arn:aws:iam::123456789012:role/volumes"
      snapshot_id = "snap-1"
    }
  }
}

resource "aws_ecs_task_definition" "desktop" {
  family                = "desktop"
  cpu                   = "1024"
  memory                = "2048"
  container_definitions = "[]"

  runtime_platform {
    operating_system_family = "WINDOWS_SERVER_2022_CORE"
  }
}

resource "aws_ecs_service" "desktop" {
  name            = "desktop"
  launch_type     = "FARGATE"
  task_definition = aws_ecs_task_definition.desktop.arn
  desired_count   = 1
}

# Half of what its service asks for.
resource "aws_ecs_service" "canary" {
  name          = "canary"
  launch_type   = "FARGATE"
  desired_count = 4

  deployment_controller {
    type = "EXTERNAL"
  }
}

resource "aws_ecs_task_set" "canary" {
  service         = aws_ecs_service.canary.id
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.api.arn

  scale {
    value = 50
  }
}

# Machines outside AWS.
resource "aws_ecs_service" "store" {
  name            = "store"
  launch_type     = "EXTERNAL"
  task_definition = aws_ecs_task_definition.api.arn
  desired_count   = 1
}

# A cluster that offers Fargate alone and has no default.
resource "aws_ecs_cluster" "meant" {
  name = "meant"
}

resource "aws_ecs_cluster_capacity_providers" "meant" {
  cluster_name       = aws_ecs_cluster.meant.name
  capacity_providers = ["FARGATE"]
}

resource "aws_ecs_task_definition" "meant" {
  family                   = "meant"
  requires_compatibilities = ["FARGATE"]
  cpu                      = "256"
  memory                   = "512"
  container_definitions    = "[]"
}

resource "aws_ecs_service" "meant" {
  name            = "meant"
  cluster         = aws_ecs_cluster.meant.id
  task_definition = aws_ecs_task_definition.meant.arn
  desired_count   = 1
}

# What runs when an event comes: for so many hours as people say.
resource "aws_cloudwatch_event_target" "nightly" {
  rule     = "nightly"
  arn      = aws_ecs_cluster.main.arn
  role_arn = "arn:aws:iam::123456789012:role/events"

  ecs_target {
    task_definition_arn = aws_ecs_task_definition.api.arn
    launch_type         = "FARGATE"

    network_configuration {
      subnets          = ["subnet-1"]
      assign_public_ip = true
    }
  }
}

resource "aws_scheduler_schedule" "hourly" {
  schedule_expression = "rate(1 hour)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_ecs_cluster.main.arn
    role_arn = "arn:aws:iam::123456789012:role/schedule"

    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.api.arn
      launch_type         = "FARGATE"
    }
  }
}
