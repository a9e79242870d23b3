locals {
  container_name = "api"

  environment = merge(
    var.environment,
    {
      GLIMPSE_PORT               = tostring(var.port)
      GLIMPSE_UPLOADS            = var.uploads
      GLIMPSE_KEEP_ALIVE_SECONDS = tostring(var.keep_alive_seconds)
      GLIMPSE_DATABASE_POOL      = tostring(var.database_pool)
      GLIMPSE_DRAIN_SECONDS      = tostring(var.drain_seconds)
    },
  )

  # Starts Python once per check; the standard library is all that the image is sure to have.
  health_probe = <<-PYTHON
    import http.client
    health = http.client.HTTPConnection("127.0.0.1", ${var.port}, timeout=4)
    health.request("GET", "/health")
    raise SystemExit(health.getresponse().status != 200)
  PYTHON
}

# Container Insights would bill dozens of custom metrics. The one that the alarms need, the number of running
# tasks, is there without it: each running task reports one CPU sample a minute.
resource "aws_ecs_cluster" "this" {
  name = var.name

  setting {
    name  = "containerInsights"
    value = "disabled"
  }
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/ecs/${var.service_name}"
  retention_in_days = var.log_retention_days
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.service_name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = tostring(var.task_cpu)
  memory                   = tostring(var.task_memory)
  execution_role_arn       = var.execution_role_arn
  task_role_arn            = var.task_role_arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  # The only place to write. It belongs to root unless the image declares VOLUME /tmp and so lends it its rights.
  volume {
    name = "tmp"
  }

  container_definitions = jsonencode([{
    name                   = local.container_name
    image                  = "${var.repository_url}@${var.image_digest}"
    essential              = true
    readonlyRootFilesystem = true

    portMappings = [{ containerPort = var.port, hostPort = var.port, protocol = "tcp" }]
    mountPoints  = [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]

    # All that a Spot notice leaves, instead of the default 30 s: the replacement is not even started before it.
    stopTimeout = 120

    healthCheck = {
      command     = ["CMD", "python3", "-I", "-c", local.health_probe]
      interval    = 30
      timeout     = 5
      retries     = 3
      startPeriod = 60
    }

    environment = [for name in sort(keys(local.environment)) : { name = name, value = local.environment[name] }]
    secrets     = [for name in sort(keys(var.secrets)) : { name = name, valueFrom = var.secrets[name] }]

    # A blocking log driver stops the service when the way to the logs is down. Dropping lines is better.
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = var.region
        awslogs-stream-prefix = local.container_name
        mode                  = "non-blocking"
        max-buffer-size       = "4m"
      }
    }
  }])
}

resource "aws_ecs_service" "this" {
  name            = var.service_name
  cluster         = aws_ecs_cluster.this.arn
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = var.desired_count

  # Weights are a ratio for the tasks after the base, not percentages, and Spot never falls back to on-demand:
  # the base is what remains when Spot has nothing to give.
  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = var.fargate_base
    weight            = var.fargate_weight
  }

  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    base              = 0
    weight            = var.fargate_spot_weight
  }

  # Running tasks stay where they are when the strategy changes, unless a deployment replaces them.
  force_new_deployment = true

  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = 60
  availability_zone_rebalancing      = "ENABLED"

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [aws_security_group.this.id]
    assign_public_ip = var.egress == "task_addresses"
  }

  load_balancer {
    target_group_arn = var.target_group_arn
    container_name   = local.container_name
    container_port   = var.port
  }

  # A new task definition hides its containers in a plan file, but not these: a cost plan reads the settings here.
  tags = merge(
    {
      "glimpse:uploads"            = var.uploads
      "glimpse:keep-alive-seconds" = tostring(var.keep_alive_seconds)
      "glimpse:database-pool"      = tostring(var.database_pool)
    },
    var.bus == "postgresql" ? { "glimpse:bus" = "postgresql" } : {},
    var.stage == "development" ? { "glimpse:environment" = "development" } : {},
  )

  # The number of tasks is autoscaling's from the first minute on.
  lifecycle {
    ignore_changes = [desired_count]
  }

  depends_on = [aws_ecs_cluster_capacity_providers.this]
}
