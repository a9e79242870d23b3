# A table that a function of sockets asks, one with provisioned capacity, and one with parts that have no price here.
provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_apigatewayv2_api" "sockets" {
  name          = "sockets"
  protocol_type = "WEBSOCKET"
}

resource "aws_lambda_function" "sockets" {
  function_name = "sockets"
  role          = "arn:aws:iam::123456789012:role/sockets"
}

resource "aws_apigatewayv2_integration" "sockets" {
  api_id           = aws_apigatewayv2_api.sockets.id
  integration_type = "AWS_PROXY"
  integration_uri  = aws_lambda_function.sockets.invoke_arn
}

resource "aws_dynamodb_table" "messages" {
  name         = "messages"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "conversation"
  range_key    = "seq"
}

resource "aws_dynamodb_table" "steady" {
  name           = "steady"
  hash_key       = "id"
  read_capacity  = 5
  write_capacity = 2
}

resource "aws_dynamodb_table" "indexed" {
  name         = "indexed"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  global_secondary_index {
    name            = "by-owner"
    hash_key        = "owner"
    projection_type = "ALL"
  }

  point_in_time_recovery {
    enabled = true
  }
}
