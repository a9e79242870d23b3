provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_wafv2_rule_group" "own" {
  name     = "own"
  scope    = "REGIONAL"
  capacity = 20

  dynamic "rule" {
    for_each = ["KR", "JP"]
    content {
      name     = rule.value
      priority = rule.key
      action {
        count {}
      }
      statement {
        geo_match_statement {
          country_codes = [rule.value]
        }
      }
      visibility_config {
        cloudwatch_metrics_enabled = false
        metric_name                = rule.value
        sampled_requests_enabled   = false
      }
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = false
    metric_name                = "own"
    sampled_requests_enabled   = false
  }
}

# One rule, a group of two, two managed groups of which one has a price of its own, and a CAPTCHA.
resource "aws_wafv2_web_acl" "site" {
  name  = "site"
  scope = "REGIONAL"

  default_action {
    allow {}
  }

  rule {
    name     = "rate"
    priority = 1
    action {
      captcha {}
    }
    statement {
      rate_based_statement {
        limit = 1000
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = false
      metric_name                = "rate"
      sampled_requests_enabled   = false
    }
  }

  rule {
    name     = "own"
    priority = 2
    override_action {
      none {}
    }
    statement {
      rule_group_reference_statement {
        arn = aws_wafv2_rule_group.own.arn
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = false
      metric_name                = "own"
      sampled_requests_enabled   = false
    }
  }

  rule {
    name     = "common"
    priority = 3
    override_action {
      none {}
    }
    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesCommonRuleSet"
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = false
      metric_name                = "common"
      sampled_requests_enabled   = false
    }
  }

  rule {
    name     = "bots"
    priority = 4
    override_action {
      none {}
    }
    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesBotControlRuleSet"
        managed_rule_group_configs {
          aws_managed_rules_bot_control_rule_set {
            inspection_level = "TARGETED"
          }
        }
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = false
      metric_name                = "bots"
      sampled_requests_enabled   = false
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = false
    metric_name                = "site"
    sampled_requests_enabled   = false
  }
}

# Added to the web ACL by itself.
resource "aws_wafv2_web_acl_rule_group_association" "login" {
  rule_name   = "login"
  priority    = 5
  web_acl_arn = aws_wafv2_web_acl.site.arn

  managed_rule_group {
    vendor_name = "AWS"
    name        = "AWSManagedRulesATPRuleSet"
    managed_rule_group_configs {
      aws_managed_rules_atp_rule_set {
        login_path = "/login"
      }
    }
  }
}

resource "aws_wafv2_web_acl_logging_configuration" "site" {
  resource_arn            = aws_wafv2_web_acl.site.arn
  log_destination_configs = ["arn:aws:s3:::aws-waf-logs-site"]
}

resource "aws_wafregional_web_acl" "old" {
  name        = "old"
  metric_name = "old"

  default_action {
    type = "ALLOW"
  }

  rule {
    priority = 1
    rule_id  = "r-1"
    action {
      type = "BLOCK"
    }
  }
}
