variable "name" {
  type = string
}

variable "cluster" {
  type = string
}

variable "subnets" {
  type = list(string)
}

variable "size" {
  type = object({ cpu = number, memory = number, disk = optional(number, 21) })
}

variable "tasks" {
  type = number
}

variable "spot" {
  type = bool
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  cpu                      = var.size.cpu
  memory                   = var.size.memory
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  container_definitions    = "[]"

  ephemeral_storage {
    size_in_gib = var.size.disk
  }
}

resource "aws_ecs_service" "this" {
  name            = var.name
  cluster         = var.cluster
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = var.tasks
  launch_type     = var.spot ? null : "FARGATE"

  dynamic "capacity_provider_strategy" {
    for_each = var.spot ? ["FARGATE_SPOT"] : []
    content {
      capacity_provider = capacity_provider_strategy.value
      weight            = 1
    }
  }

  network_configuration {
    subnets = var.subnets
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/ecs/${var.name}"
  retention_in_days = 14
}

output "name" {
  value = aws_ecs_service.this.name
}

output "tasks" {
  value = aws_ecs_service.this.desired_count
}
