# Nobody says which environment this is. Everything that it decides is decided at once: no disk is gp3 with io2's IOPS.
provider "aws" {
  region = "ap-northeast-2"
}

variable "environment" {
  type = string
}

locals {
  sizes = { production = 200, staging = 50 }
}

module "data" {
  source     = "./data"
  production = var.environment == "production"
  size       = lookup(local.sizes, var.environment, 20)
}

resource "aws_nat_gateway" "this" {
  count     = contains(["production", "staging"], var.environment) ? 1 : 0
  subnet_id = "subnet-1"
}
