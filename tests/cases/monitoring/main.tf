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

resource "aws_cloudwatch_composite_alarm" "any" {}

resource "aws_cloudwatch_dashboard" "main" {}

resource "aws_ecs_cluster" "main" {
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}
