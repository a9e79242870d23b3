# What the root `bootstrap` made under the same name. Data sources find what AWS names itself, and the rest follows from
# the names.

data "aws_caller_identity" "current" {}

data "aws_route53_zone" "this" {
  name = var.domain_name
}

data "aws_acm_certificate" "balancer" {
  domain      = var.domain_name
  statuses    = ["ISSUED"]
  most_recent = true
}

# CloudFront takes certificates from this region alone.
data "aws_acm_certificate" "cloudfront" {
  count = var.ingress == "balancer" ? 0 : 1

  region      = "us-east-1"
  domain      = var.domain_name
  statuses    = ["ISSUED"]
  most_recent = true
}

data "aws_acm_certificate" "files" {
  count = var.downloads == "cloudfront" ? 1 : 0

  region      = "us-east-1"
  domain      = local.files_domain
  statuses    = ["ISSUED"]
  most_recent = true
}

locals {
  account_id   = data.aws_caller_identity.current.account_id
  boundary_arn = "arn:aws:iam::${local.account_id}:policy/${var.name}-boundary"
  files_domain = "files.${var.domain_name}"

  # Tasks without IPv4 fetch the image by the address that has IPv6 as well.
  repository_name = "${var.name}-api"
  repository_arn  = "arn:aws:ecr:${var.region}:${local.account_id}:repository/${local.repository_name}"
  registry        = var.egress == "ipv6_only" ? "dkr-ecr.${var.region}.on.aws" : "dkr.ecr.${var.region}.amazonaws.com"
  repository_url  = "${local.account_id}.${local.registry}/${local.repository_name}"
}
