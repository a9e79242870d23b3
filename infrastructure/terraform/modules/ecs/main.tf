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
  name              = "/ecs/${var.name}"
  retention_in_days = var.log_retention_days
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

  dynamic "load_balancer" {
    for_each = var.balancers

    content {
      target_group_arn = load_balancer.value.target_group_arn
      container_name   = local.service_container
      container_port   = var.port
    }
  }

  # Terraform deletes what the tasks no longer use, such as a balancer or a cache, when this service is done. Without
  # waiting that would be while the old tasks still use it, and a deployment whose target group is gone never ends
  # (aws/containers-roadmap, issue 1884).
  wait_for_steady_state = true

  # Costs are told apart by these tags, so the tasks have them as well.
  propagate_tags          = "SERVICE"
  enable_ecs_managed_tags = true

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

    # The provider takes a deployment that ECS rolled back for a success (terraform-provider-aws, issue 20858).
    # Terraform would go on, and delete what the tasks use again.
    postcondition {
      condition     = self.task_definition == aws_ecs_task_definition.this.arn
      error_message = "ECS gave the new tasks up and runs those of before. The events of the service say why."
    }
  }

  timeouts {
    create = "30m"
    update = "30m"
  }

  # Tasks refuse a database that is not migrated. `glimpse deploy` applies up to the migration, runs it, and goes on.
  depends_on = [
    aws_ecs_cluster_capacity_providers.this,
    aws_vpc_security_group_egress_rule.balancer_to_tasks,
    aws_vpc_security_group_egress_rule.tasks_to_cache,
    aws_vpc_security_group_ingress_rule.cache_from_tasks,
    aws_vpc_security_group_ingress_rule.tasks_from_balancer,
    terraform_data.migration,
  ]
}
