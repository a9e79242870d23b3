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
