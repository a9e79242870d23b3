# The resolver's prices are held for Virginia alone.
provider "aws" {
  region = "us-east-1"
}

resource "aws_route53_record" "plain" {
  zone_id = "Z1"
  name    = "www.example.com"
  type    = "A"
  ttl     = 300
  records = ["192.0.2.1"]
}

resource "aws_route53_record" "alias" {
  zone_id = "Z1"
  name    = "example.com"
  type    = "A"

  alias {
    name                   = "lb.example.com"
    zone_id                = "Z2"
    evaluate_target_health = true
  }
}

resource "aws_route53_record" "near" {
  zone_id        = "Z1"
  name           = "api.example.com"
  type           = "A"
  ttl            = 60
  records        = ["192.0.2.2"]
  set_identifier = "virginia"

  latency_routing_policy {
    region = "us-east-1"
  }
}

# A plain check, one with all four options of something outside AWS, and one that asks nothing.
resource "aws_route53_health_check" "plain" {
  fqdn              = "www.example.com"
  port              = 80
  type              = "HTTP"
  request_interval  = 30
  failure_threshold = 3
}

resource "aws_route53_health_check" "thorough" {
  fqdn              = "partner.example.org"
  port              = 443
  type              = "HTTPS_STR_MATCH"
  search_string     = "ok"
  request_interval  = 10
  measure_latency   = true
  failure_threshold = 3
}

resource "aws_route53_health_check" "both" {
  type                   = "CALCULATED"
  child_health_threshold = 1
  child_healthchecks     = [aws_route53_health_check.plain.id, aws_route53_health_check.thorough.id]
}

resource "aws_route53_resolver_endpoint" "out" {
  direction          = "OUTBOUND"
  security_group_ids = ["sg-1"]

  ip_address {
    subnet_id = "subnet-1"
  }

  ip_address {
    subnet_id = "subnet-2"
  }
}

resource "aws_route53_resolver_firewall_domain_list" "bad" {
  name    = "bad"
  domains = ["bad.example.", "worse.example."]
}

resource "aws_route53_resolver_firewall_rule_group_association" "vpc" {
  name                   = "vpc"
  firewall_rule_group_id = "rslvr-frg-1"
  priority               = 101
  vpc_id                 = "vpc-1"
}

resource "aws_route53_traffic_policy_instance" "global" {
  name                   = "global.example.com"
  hosted_zone_id         = "Z1"
  traffic_policy_id      = "tp-1"
  traffic_policy_version = 1
  ttl                    = 60
}

resource "aws_s3_bucket" "logs" {
  bucket = "dns-logs"
}

resource "aws_route53_resolver_query_log_config" "all" {
  name            = "all"
  destination_arn = aws_s3_bucket.logs.arn
}
