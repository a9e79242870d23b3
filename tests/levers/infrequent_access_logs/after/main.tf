provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_cloudwatch_log_group" "api" {
  name              = "/ecs/api-ia"
  log_group_class   = "INFREQUENT_ACCESS"
  retention_in_days = 30
}

# An alarm counts its errors by a metric filter, which Infrequent Access does not offer.
resource "aws_cloudwatch_log_group" "payments" {
  name              = "/ecs/payments"
  retention_in_days = 30
}

resource "aws_cloudwatch_log_metric_filter" "errors" {
  name           = "payment-errors"
  log_group_name = aws_cloudwatch_log_group.payments.name
  pattern        = "ERROR"

  metric_transformation {
    name      = "PaymentErrors"
    namespace = "Shop"
    value     = "1"
  }
}
