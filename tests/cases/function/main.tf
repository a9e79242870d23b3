# Functions that answer requests and sockets, and one that nothing here calls.
provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_apigatewayv2_api" "http" {
  name          = "http"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_api" "sockets" {
  name          = "sockets"
  protocol_type = "WEBSOCKET"
}

resource "aws_lambda_function" "requests" {
  function_name = "requests"
  role          = "arn:aws:iam::123456789012:role/requests"
  memory_size   = 256
  architectures = ["arm64"]
}

resource "aws_lambda_function" "sockets" {
  function_name = "sockets"
  role          = "arn:aws:iam::123456789012:role/sockets"
}

resource "aws_lambda_function" "nightly" {
  function_name = "nightly"
  role          = "arn:aws:iam::123456789012:role/nightly"
}

resource "aws_apigatewayv2_integration" "requests" {
  api_id           = aws_apigatewayv2_api.http.id
  integration_type = "AWS_PROXY"
  integration_uri  = aws_lambda_function.requests.invoke_arn
}

resource "aws_apigatewayv2_integration" "sockets" {
  api_id           = aws_apigatewayv2_api.sockets.id
  integration_type = "AWS_PROXY"
  integration_uri  = aws_lambda_function.sockets.invoke_arn
}

# 10 GB of /tmp, called by somebody else.
resource "aws_lambda_function" "films" {
  function_name = "films"
  role          = "arn:aws:iam::123456789012:role/films"
  memory_size   = 2048

  ephemeral_storage {
    size = 10240
  }

  tracing_config {
    mode = "Active"
  }
}

resource "aws_lambda_provisioned_concurrency_config" "films" {
  function_name                     = aws_lambda_function.films.function_name
  qualifier                         = "1"
  provisioned_concurrent_executions = 3
}

# Its function is not here, so its memory is unknown.
resource "aws_lambda_provisioned_concurrency_config" "elsewhere" {
  function_name                     = "elsewhere"
  qualifier                         = "1"
  provisioned_concurrent_executions = 3
}

# What a distribution calls runs as Lambda@Edge.
resource "aws_lambda_function" "headers" {
  function_name = "headers"
  role          = "arn:aws:iam::123456789012:role/headers"
  publish       = true
}

resource "aws_lambda_function" "answers" {
  function_name = "answers"
  role          = "arn:aws:iam::123456789012:role/answers"
  architectures = ["arm64"]
  runtime       = "python3.13"

  snap_start {
    apply_on = "PublishedVersions"
  }
}

resource "aws_lambda_function_url" "answers" {
  function_name      = aws_lambda_function.answers.function_name
  authorization_type = "NONE"
  invoke_mode        = "RESPONSE_STREAM"
}

resource "aws_cloudfront_distribution" "page" {
  enabled = true

  default_cache_behavior {
    target_origin_id       = "page"
    viewer_protocol_policy = "https-only"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]

    lambda_function_association {
      event_type = "viewer-response"
      lambda_arn = aws_lambda_function.headers.qualified_arn
    }
  }

  origin {
    origin_id   = "page"
    domain_name = "example.com"
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
