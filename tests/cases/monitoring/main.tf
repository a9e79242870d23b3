provider "aws" {
  region = "ap-northeast-2"
}

# Alarms of each resolution, one over two metrics, a dashboard, and Container Insights, which has no price here.
resource "aws_cloudwatch_metric_alarm" "cpu" {
  period = 60
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  metric_query {
    id         = "sum"
    expression = "elb + target"
  }

  metric_query {
    id = "elb"

    metric {
      metric_name = "HTTPCode_ELB_5XX_Count"
      period      = 300
    }
  }

  metric_query {
    id = "target"

    metric {
      metric_name = "HTTPCode_Target_5XX_Count"
      period      = 300
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "fast" {
  period = 10
}

# The metric, and both bounds of its band.
resource "aws_cloudwatch_metric_alarm" "unusual" {
  threshold_metric_id = "band"

  metric_query {
    id          = "band"
    expression  = "ANOMALY_DETECTION_BAND(cpu, 2)"
    return_data = true
  }

  metric_query {
    id          = "cpu"
    return_data = true

    metric {
      metric_name = "CPUUtilization"
      namespace   = "AWS/ECS"
      period      = 120
      stat        = "Average"
    }
  }
}

# As many metrics as the query finds.
resource "aws_cloudwatch_metric_alarm" "any_queue" {
  metric_query {
    id          = "worst"
    expression  = "SELECT MAX(ApproximateNumberOfMessagesVisible) FROM SCHEMA(\"AWS/SQS\", QueueName)"
    period      = 300
    return_data = true
  }
}

resource "aws_cloudwatch_composite_alarm" "any" {}

resource "aws_cloudwatch_dashboard" "main" {}

resource "aws_ecs_cluster" "main" {
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_cloudwatch_metric_stream" "all" {
  name          = "all"
  output_format = "json"
  role_arn      = "arn:aws:iam::123456789012:role/stream"
  firehose_arn  = "arn:aws:firehose:ap-northeast-2:123456789012:deliverystream/metrics"
}

resource "aws_synthetics_canary" "login" {
  name         = "login"
  start_canary = true

  schedule {
    expression = "rate(5 minutes)"
  }
}

# Twice an hour by day, on working days.
resource "aws_synthetics_canary" "order" {
  name         = "order"
  start_canary = true

  schedule {
    expression = "cron(0/30 9-17 ? * MON-FRI *)"
  }
}

# Nobody has started it.
resource "aws_synthetics_canary" "idle" {
  name = "idle"

  schedule {
    expression = "rate(1 hour)"
  }
}

resource "aws_cloudwatch_contributor_insight_rule" "callers" {
  rule_name       = "callers"
  rule_definition = "{}"
}

resource "aws_cloudwatch_contributor_insight_rule" "off" {
  rule_name       = "off"
  rule_definition = "{}"
  rule_state      = "DISABLED"
}

resource "aws_rum_app_monitor" "site" {
  name   = "site"
  domain = "example.com"
}
