# A module's optional variable is null, and an argument set to null is one left out: the provider's default holds.
provider "aws" {
  region = "ap-northeast-2"
}

variable "nothing" {
  default = null
}

variable "settings" {
  type = object({
    class = string
    gib   = optional(number, 50)
    kind  = optional(string)
  })
  default = { class = "db.t4g.micro" }
}

resource "aws_db_instance" "main" {
  engine            = "postgres"
  engine_version    = "17"
  instance_class    = var.settings.class
  allocated_storage = var.settings.gib
  storage_type      = var.settings.kind
  multi_az          = var.nothing
}

resource "aws_cloudwatch_log_group" "main" {
  name              = "main"
  retention_in_days = 7
  log_group_class   = var.nothing
}

resource "aws_lb" "main" {
  name               = "main"
  subnets            = ["subnet-1", "subnet-2"]
  load_balancer_type = var.nothing
  internal           = var.nothing
}
