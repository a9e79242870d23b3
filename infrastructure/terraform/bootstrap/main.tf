# What an environment needs before its first apply: a place for the state, a registry for the image, the public zone
# with its certificates, and the roles of CI. `glimpse deploy` applies it first.

data "aws_caller_identity" "current" {}

module "dns" {
  source = "../modules/dns"

  domain_name = var.domain_name
}

module "ecr" {
  source = "../modules/ecr"

  name = "${var.name}-api"
}
