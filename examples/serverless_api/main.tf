# A serverless API: HTTP API, functions, tables, queues, and a web application behind CloudFront.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Service = var.service
      Stage   = var.stage
    }
  }
}

data "aws_caller_identity" "current" {}

locals {
  name = "${var.service}-${var.stage}"

  tables = {
    bookings = { hash = "tenant_id", range = "booking_id", read = 40, write = 20, index = "customer_id" }
    rooms    = { hash = "tenant_id", range = "room_id", read = 0, write = 0, index = "" }
    sessions = { hash = "session_id", range = "", read = 0, write = 0, index = "" }
  }

  # Functions that answer a request, by the route that calls them.
  routes = {
    "GET /bookings"                 = "bookings_list"
    "POST /bookings"                = "bookings_create"
    "GET /bookings/{booking_id}"    = "bookings_get"
    "DELETE /bookings/{booking_id}" = "bookings_cancel"
    "GET /rooms"                    = "rooms_list"
    "PUT /rooms/{room_id}"          = "rooms_update"
    "POST /payments"                = "payments_create"
    "POST /uploads"                 = "uploads_create"
    "GET /reports/{report_id}"      = "reports_get"
    "POST /webhooks/payments"       = "payments_webhook"
  }

  functions = {
    bookings_list    = { memory = 512, timeout = 10 }
    bookings_create  = { memory = 1024, timeout = 15 }
    bookings_get     = { memory = 512, timeout = 10 }
    bookings_cancel  = { memory = 512, timeout = 10 }
    rooms_list       = { memory = 512, timeout = 10 }
    rooms_update     = { memory = 512, timeout = 10 }
    payments_create  = { memory = 1024, timeout = 29 }
    payments_webhook = { memory = 512, timeout = 29 }
    uploads_create   = { memory = 256, timeout = 10 }
    reports_get      = { memory = 1024, timeout = 29 }
    mail_sender      = { memory = 512, timeout = 60 }
    report_builder   = { memory = 3008, timeout = 600 }
  }
}

# Tables

resource "aws_dynamodb_table" "this" {
  for_each = local.tables

  name           = "${local.name}-${each.key}"
  billing_mode   = each.value.read > 0 ? "PROVISIONED" : "PAY_PER_REQUEST"
  read_capacity  = each.value.read > 0 ? each.value.read : null
  write_capacity = each.value.write > 0 ? each.value.write : null
  hash_key       = each.value.hash
  range_key      = each.value.range != "" ? each.value.range : null

  dynamic "attribute" {
    for_each = toset(compact([each.value.hash, each.value.range, each.value.index]))

    content {
      name = attribute.value
      type = "S"
    }
  }

  dynamic "global_secondary_index" {
    for_each = each.value.index != "" ? [each.value.index] : []

    content {
      name            = "by-${global_secondary_index.value}"
      hash_key        = global_secondary_index.value
      projection_type = "ALL"
      read_capacity   = each.value.read > 0 ? each.value.read : null
      write_capacity  = each.value.write > 0 ? each.value.write : null
    }
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = true
  }
}

# Functions

module "function" {
  source   = "./modules/function"
  for_each = local.functions

  name        = "${local.name}-${replace(each.key, "_", "-")}"
  memory      = each.value.memory
  timeout     = each.value.timeout
  artifact    = "${path.module}/build/${each.key}.zip"
  table_arns  = [for table in aws_dynamodb_table.this : table.arn]
  environment = merge(local.environment, { FUNCTION = each.key })
}

locals {
  environment = {
    STAGE          = var.stage
    BOOKINGS_TABLE = aws_dynamodb_table.this["bookings"].name
    ROOMS_TABLE    = aws_dynamodb_table.this["rooms"].name
    MAIL_QUEUE     = aws_sqs_queue.mail.url
    UPLOADS_BUCKET = aws_s3_bucket.uploads.id
    PAYMENT_SECRET = aws_secretsmanager_secret.this["payment_provider"].arn
  }
}

# API

resource "aws_apigatewayv2_api" "this" {
  name          = local.name
  protocol_type = "HTTP"

  cors_configuration {
    allow_origins = ["https://${var.domain}"]
    allow_methods = ["GET", "POST", "PUT", "DELETE"]
    allow_headers = ["authorization", "content-type"]
    max_age       = 3600
  }
}

resource "aws_apigatewayv2_authorizer" "users" {
  api_id           = aws_apigatewayv2_api.this.id
  name             = "users"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    audience = [aws_cognito_user_pool_client.web.id]
    issuer   = "https://${aws_cognito_user_pool.users.endpoint}"
  }
}

resource "aws_apigatewayv2_integration" "this" {
  for_each = toset(values(local.routes))

  api_id                 = aws_apigatewayv2_api.this.id
  integration_type       = "AWS_PROXY"
  integration_uri        = module.function[each.value].invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "this" {
  for_each = local.routes

  api_id             = aws_apigatewayv2_api.this.id
  route_key          = each.key
  target             = "integrations/${aws_apigatewayv2_integration.this[each.value].id}"
  authorization_type = startswith(each.key, "POST /webhooks") ? "NONE" : "JWT"
  authorizer_id      = startswith(each.key, "POST /webhooks") ? null : aws_apigatewayv2_authorizer.users.id
}

resource "aws_cloudwatch_log_group" "api" {
  name = "/aws/apigateway/${local.name}"
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.api.arn
    format          = jsonencode({ id = "$context.requestId", status = "$context.status", route = "$context.routeKey" })
  }
}

resource "aws_lambda_permission" "api" {
  for_each = toset(values(local.routes))

  function_name = module.function[each.value].name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/*"
}

# Users and secrets

resource "aws_cognito_user_pool" "users" {
  name                     = local.name
  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]

  password_policy {
    minimum_length = 12
  }
}

resource "aws_cognito_user_pool_client" "web" {
  name         = "web"
  user_pool_id = aws_cognito_user_pool.users.id
}

resource "aws_secretsmanager_secret" "this" {
  for_each = toset(["payment_provider", "mail_provider", "maps_key", "webhook_signing", "analytics_key"])

  name = "${local.name}/${each.value}"
}

# Queues and topics

resource "aws_sqs_queue" "mail_failed" {
  name                      = "${local.name}-mail-failed"
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue" "mail" {
  name                       = "${local.name}-mail"
  visibility_timeout_seconds = 360

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.mail_failed.arn
    maxReceiveCount     = 5
  })
}

resource "aws_lambda_event_source_mapping" "mail" {
  event_source_arn = aws_sqs_queue.mail.arn
  function_name    = module.function["mail_sender"].name
  batch_size       = 10
}

resource "aws_sns_topic" "alarms" {
  name = "${local.name}-alarms"
}

resource "aws_cloudwatch_metric_alarm" "mail_failed" {
  alarm_name          = "${local.name}-mail-failed"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  period              = 300
  dimensions          = { QueueName = aws_sqs_queue.mail_failed.name }
  alarm_actions       = [aws_sns_topic.alarms.arn]
}

# Files and the web application

resource "aws_s3_bucket" "uploads" {
  bucket = "${local.name}-uploads-${data.aws_caller_identity.current.account_id}"
}

resource "aws_s3_bucket" "web" {
  bucket = "${local.name}-web-${data.aws_caller_identity.current.account_id}"
}

resource "aws_s3_bucket_versioning" "uploads" {
  bucket = aws_s3_bucket.uploads.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_cloudfront_origin_access_control" "web" {
  name                              = local.name
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_distribution" "web" {
  enabled             = true
  default_root_object = "index.html"
  price_class         = "PriceClass_200"
  aliases             = [var.domain]

  origin {
    origin_id                = "web"
    domain_name              = aws_s3_bucket.web.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.web.id
  }

  default_cache_behavior {
    target_origin_id       = "web"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    acm_certificate_arn      = var.certificate_arn
    ssl_support_method       = "sni-only"
    minimum_protocol_version = "TLSv1.2_2021"
  }
}
