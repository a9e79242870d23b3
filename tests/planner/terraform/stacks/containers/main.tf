# Services on Fargate behind a balancer: by strategy, by the cluster's default, by launch type, and scaled by the hour.
provider "aws" {
  region = "ap-northeast-2"
}

locals {
  name  = "shop"
  ports = { api = 3001, admin = 3002 }
  spot  = [{ provider = "FARGATE", base = 1, weight = 1 }, { provider = "FARGATE_SPOT", base = 0, weight = 3 }]
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "public" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
  availability_zone = "ap-northeast-2${element(["a", "c"], count.index)}"
}

resource "aws_ecs_cluster" "main" {
  name = local.name

  setting {
    name  = "containerInsights"
    value = "disabled"
  }
}

resource "aws_ecs_cluster_capacity_providers" "main" {
  cluster_name       = aws_ecs_cluster.main.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]

  default_capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    base              = 0
    weight            = 1
  }
}

resource "aws_ecs_task_definition" "api" {
  for_each                 = local.ports
  family                   = "${local.name}-${each.key}"
  cpu                      = each.key == "api" ? "512" : "256"
  memory                   = each.key == "api" ? "1024" : "512"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  container_definitions    = jsonencode([{ name = each.key, image = "shop:1", portMappings = [{ containerPort = each.value }] }])

  runtime_platform {
    cpu_architecture        = "ARM64"
    operating_system_family = "LINUX"
  }

  ephemeral_storage {
    size_in_gib = 25
  }
}

resource "aws_ecs_service" "api" {
  name                               = "api"
  cluster                            = aws_ecs_cluster.main.id
  task_definition                    = aws_ecs_task_definition.api["api"].arn
  desired_count                      = 4
  deployment_maximum_percent         = 200
  deployment_minimum_healthy_percent = 100

  dynamic "capacity_provider_strategy" {
    for_each = local.spot
    content {
      capacity_provider = capacity_provider_strategy.value.provider
      base              = capacity_provider_strategy.value.base
      weight            = capacity_provider_strategy.value.weight
    }
  }

  network_configuration {
    subnets          = aws_subnet.public[*].id
    assign_public_ip = true
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.api.arn
    container_name   = "api"
    container_port   = local.ports.api
  }

  tags = {
    "glimpse:uploads"            = "api"
    "glimpse:database-pool"      = "10"
  }
}

resource "aws_ecs_service" "admin" {
  name            = "admin"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.api["admin"].arn
  desired_count   = 2

  dynamic "load_balancer" {
    for_each = { for name, port in local.ports : name => port if port > 4000 }
    content {
      target_group_arn = aws_lb_target_group.api.arn
      container_name   = load_balancer.key
      container_port   = load_balancer.value
    }
  }

  network_configuration {
    subnets = aws_subnet.public[*].id
  }
}

resource "aws_ecs_service" "batch" {
  name            = "batch"
  cluster         = "shop"
  task_definition = "shop-admin"
  launch_type     = "FARGATE"
  desired_count   = 1

  network_configuration {
    subnets          = aws_subnet.public[*].id
    assign_public_ip = false
  }
}

resource "aws_appautoscaling_target" "api" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.main.name}/${aws_ecs_service.api.name}"
  min_capacity       = 2
  max_capacity       = 8
}

resource "aws_appautoscaling_target" "batch" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/shop/batch"
  min_capacity       = 1
  max_capacity       = 3
}

resource "aws_appautoscaling_policy" "cpu" {
  name               = "cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.api.service_namespace
  scalable_dimension = aws_appautoscaling_target.api.scalable_dimension
  resource_id        = aws_appautoscaling_target.api.resource_id

  target_tracking_scaling_policy_configuration {
    target_value = 60

    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}

resource "aws_appautoscaling_policy" "step" {
  name               = "step"
  policy_type        = "StepScaling"
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/shop/batch"

  step_scaling_policy_configuration {
    adjustment_type = "ChangeInCapacity"

    step_adjustment {
      scaling_adjustment          = 1
      metric_interval_lower_bound = 0
    }
  }
}

resource "aws_appautoscaling_scheduled_action" "day" {
  name               = "day"
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = aws_appautoscaling_target.api.resource_id
  schedule           = "cron(0 23 * * ? *)"

  scalable_target_action {
    min_capacity = 4
    max_capacity = 8
  }
}

resource "aws_appautoscaling_scheduled_action" "night" {
  name               = "night"
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/shop/api"
  schedule           = "cron(0 14 * * ? *)"

  scalable_target_action {
    min_capacity = 1
  }
}

resource "aws_lb" "main" {
  name               = "shop"
  load_balancer_type = "application"
  internal           = false
  idle_timeout       = 120
  subnets            = aws_subnet.public[*].id
}

resource "aws_lb_target_group" "api" {
  name        = "api"
  port        = local.ports.api
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = aws_vpc.main.id

  health_check {
    interval            = 15
    unhealthy_threshold = 2
  }

  stickiness {
    type    = "lb_cookie"
    enabled = true
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.main.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = aws_acm_certificate.main.arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }
}

resource "aws_lb_listener_rule" "admin" {
  count        = 12
  listener_arn = aws_lb_listener.https.arn
  priority     = 10 + count.index

  condition {
    path_pattern {
      values = ["/admin/${count.index}/*"]
    }
  }

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }
}

resource "aws_acm_certificate" "main" {
  domain_name       = "shop.example.com"
  validation_method = "DNS"
}

resource "aws_cloudwatch_log_group" "services" {
  for_each          = toset(["api", "admin"])
  name              = "/ecs/${each.value}"
  retention_in_days = 30
}

resource "aws_cloudwatch_log_group" "audit" {
  name              = "/audit"
  log_group_class   = "INFREQUENT_ACCESS"
  retention_in_days = 0
}

resource "aws_ecr_repository" "api" {
  name = "shop/api"
}
