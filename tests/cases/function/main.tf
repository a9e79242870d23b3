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
