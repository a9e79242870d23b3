# One task of the same image, started by `glimpse deploy` before a release serves and once more after it.
resource "aws_ecs_task_definition" "migrate" {
  family                   = "${var.name}-migrate"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = tostring(var.task_cpu)
  memory                   = tostring(var.task_memory)
  execution_role_arn       = var.migrate_execution_role_arn
  skip_destroy             = true

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  volume {
    name = "tmp"
  }

  container_definitions = jsonencode([merge(local.container, {
    name        = local.migrate_container
    command     = ["glimpse", "migrate"]
    environment = [for name in sort(keys(var.migrate_environment)) : { name = name, value = var.migrate_environment[name] }]
    secrets     = [for name in sort(keys(var.migrate_secrets)) : { name = name, valueFrom = var.migrate_secrets[name] }]

    logConfiguration = {
      logDriver = "awslogs"
      options   = merge(local.log_options, { awslogs-stream-prefix = local.migrate_container })
    }
  })])
}

locals {
  migration = {
    cluster          = aws_ecs_cluster.this.name
    task_definition  = aws_ecs_task_definition.migrate.arn
    subnets          = var.subnet_ids
    security_groups  = [aws_security_group.this.id]
    assign_public_ip = var.egress == "task_addresses"
  }
}

# Whatever a migration needs is there before this: `glimpse deploy` applies up to it, puts in the secrets, runs the
# migration, and only then applies the rest. The subnets come with their way to the internet, the role with its rights,
# and the address of the database with the database.
resource "terraform_data" "migration" {
  input = merge(local.migration, { secrets = var.needed_secrets })

  depends_on = [
    aws_ecs_cluster_capacity_providers.this,
    aws_vpc_security_group_egress_rule.tasks_to_database,
    aws_vpc_security_group_egress_rule.tasks_to_internet,
    aws_vpc_security_group_egress_rule.tasks_to_internet_ipv6,
    aws_vpc_security_group_ingress_rule.database_from_tasks,
  ]
}
