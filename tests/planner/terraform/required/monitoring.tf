resource "aws_cloudwatch_metric_alarm" "cpu" {
  alarm_name          = "cpu"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
}

resource "aws_cloudwatch_metric_alarm" "fast" {
  alarm_name          = "fast"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
}

resource "aws_cloudwatch_composite_alarm" "any" {
  alarm_name = "any"
  alarm_rule = "ALARM(cpu)"
}

resource "aws_cloudwatch_dashboard" "main" {
  dashboard_name = "main"
  dashboard_body = "{}"
}

resource "aws_ecs_cluster" "main" {
  name = "main"
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "errors"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1

  metric_query {}

  metric_query {
    metric {
      stat = "Sum"
    }
  }

  metric_query {
    metric {
      stat = "Sum"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "unusual" {
  alarm_name = "unusual"
}

resource "aws_cloudwatch_metric_alarm" "any_queue" {
  alarm_name = "any_queue"
}

resource "aws_synthetics_canary" "login" {
  artifact_s3_location = "s3://artifacts"
  execution_role_arn   = "arn:aws:iam::123456789012:role/canary"
  handler              = "index.handler"
  runtime_version      = "syn-nodejs-puppeteer-9.1"
}

resource "aws_synthetics_canary" "order" {
  artifact_s3_location = "s3://artifacts"
  execution_role_arn   = "arn:aws:iam::123456789012:role/canary"
  handler              = "index.handler"
  runtime_version      = "syn-nodejs-puppeteer-9.1"
}

resource "aws_synthetics_canary" "idle" {
  artifact_s3_location = "s3://artifacts"
  execution_role_arn   = "arn:aws:iam::123456789012:role/canary"
  handler              = "index.handler"
  runtime_version      = "syn-nodejs-puppeteer-9.1"
}
