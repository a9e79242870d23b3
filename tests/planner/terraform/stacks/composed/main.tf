# Modules that hand each other what they make: counts, for_each, outputs, a module that is switched off.
provider "aws" {
  region = "ap-northeast-2"
}

locals {
  services = {
    api    = { cpu = 512, memory = 1024, tasks = 3, spot = false }
    worker = { cpu = 256, memory = 512, tasks = 2, spot = true }
  }
}

module "network" {
  source  = "./network"
  zones   = ["ap-northeast-2a", "ap-northeast-2c"]
  one_nat = false
}

module "service" {
  source   = "./service"
  for_each = local.services
  name     = each.key
  cluster  = aws_ecs_cluster.main.id
  subnets  = module.network.private
  size     = { cpu = each.value.cpu, memory = each.value.memory }
  tasks    = each.value.tasks
  spot     = each.value.spot
}

module "store" {
  source = "./store"
  count  = module.network.has_nat ? 1 : 0
  class  = "db.t4g.small"
}

module "spare" {
  source = "./store"
  count  = 0
}

resource "aws_ecs_cluster" "main" {
  name = "main"
}
