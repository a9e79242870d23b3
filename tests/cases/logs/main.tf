provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_cloudwatch_log_group" "api" {
  retention_in_days = 30
}

resource "aws_cloudwatch_log_metric_filter" "errors" {
  name           = "errors"
  log_group_name = aws_cloudwatch_log_group.api.name
  pattern        = "ERROR"

  metric_transformation {
    name      = "errors"
    namespace = "api"
    value     = "1"
  }
}

resource "aws_cloudwatch_log_data_protection_policy" "api" {
  log_group_name  = aws_cloudwatch_log_group.api.name
  policy_document = "{}"
}

# Passes logs on, and keeps none.
resource "aws_cloudwatch_log_group" "passing" {
  log_group_class = "DELIVERY"
}

resource "aws_s3_bucket" "logs" {}

resource "aws_cloudwatch_log_delivery_destination" "logs" {
  name          = "logs"
  output_format = "parquet"

  delivery_destination_configuration {
    destination_resource_arn = aws_s3_bucket.logs.arn
  }
}

resource "aws_cloudwatch_log_delivery" "logs" {
  delivery_source_name     = "edge"
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.logs.arn
}
