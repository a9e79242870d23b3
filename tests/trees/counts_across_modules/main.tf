# Modules and root count by what modules give that come later by name, and one is switched off by another's output.
provider "aws" {
  region = "us-east-1"
}

module "egress" {
  source  = "./egress"
  subnets = module.network.public
}

module "network" {
  source = "./network"
}

module "settings" {
  source = "./settings"
}

resource "aws_eip" "spare" {
  count = length(module.network.public)
}

resource "aws_nat_gateway" "standby" {
  count     = module.settings.high_availability ? 1 : 0
  subnet_id = module.network.public[0]
}

module "database" {
  source = "./database"
  count  = module.settings.high_availability ? 1 : 0
}
