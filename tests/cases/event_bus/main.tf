# A bus with an archive of its own, one without, and what sends, starts and looks at events.
provider "aws" {
  region = "us-east-1"
}

resource "aws_cloudwatch_event_bus" "orders" {
  name = "orders"
}

resource "aws_cloudwatch_event_archive" "orders" {
  name             = "orders"
  event_source_arn = aws_cloudwatch_event_bus.orders.arn
}

resource "aws_cloudwatch_event_bus" "partners" {
  name = "partners"
}

resource "aws_schemas_discoverer" "orders" {
  source_arn = aws_cloudwatch_event_bus.orders.arn
}

resource "aws_cloudwatch_event_api_destination" "shop" {
  name                = "shop"
  connection_arn      = "arn:aws:events:us-east-1:123456789012:connection/shop/1"
  invocation_endpoint = "https://example.com/"
  http_method         = "POST"
}

resource "aws_pipes_pipe" "orders" {
  name     = "orders"
  role_arn = "arn:aws:iam::123456789012:role/pipe"
  source   = "arn:aws:sqs:us-east-1:123456789012:orders"
  target   = aws_cloudwatch_event_bus.orders.arn
}

resource "aws_scheduler_schedule" "nightly" {
  name                = "nightly"
  schedule_expression = "rate(1 day)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:aws:sqs:us-east-1:123456789012:orders"
    role_arn = "arn:aws:iam::123456789012:role/schedule"
  }
}
