# A `dynamic` makes its blocks whatever stands after it: here both disks, and the whole Spot strategy.
provider "aws" {
  region = "us-east-1"
}

variable "disks" {
  default = { "/dev/sdf" = 100, "/dev/sdg" = 400 }
}

resource "aws_instance" "worker" {
  ami                         = "ami-1"
  instance_type               = "t3.small"
  associate_public_ip_address = false

  dynamic "ebs_block_device" {
    for_each = var.disks
    content {
      device_name = ebs_block_device.key
      volume_size = ebs_block_device.value
      volume_type = "gp3"
    }
  }

  root_block_device {
    volume_size = 8
    volume_type = "gp3"
  }

  lifecycle {
    ignore_changes = [ami]
  }
}

resource "aws_ecs_task_definition" "queue" {
  family                = "queue"
  cpu                   = 512
  memory                = 1024
  container_definitions = "[]"
}

resource "aws_ecs_service" "queue" {
  name            = "queue"
  task_definition = aws_ecs_task_definition.queue.arn
  desired_count   = 4

  dynamic "capacity_provider_strategy" {
    for_each = ["FARGATE_SPOT"]
    iterator = provider
    content {
      capacity_provider = provider.value
      weight            = 1
    }
  }

  network_configuration {
    subnets = ["subnet-1"]
  }
}
