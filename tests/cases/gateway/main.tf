# A WebSocket API that hands its events to an HTTP API. In Virginia, where each of their prices is known.
provider "aws" {
  region = "us-east-1"
}

resource "aws_apigatewayv2_api" "sockets" {
  name                       = "sockets"
  protocol_type              = "WEBSOCKET"
  route_selection_expression = "$request.body.action"
}

resource "aws_apigatewayv2_api" "http" {
  name          = "http"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "events" {
  api_id           = aws_apigatewayv2_api.sockets.id
  integration_type = "HTTP_PROXY"
  integration_uri  = aws_apigatewayv2_api.http.api_endpoint
}

resource "aws_apigatewayv2_stage" "http" {
  api_id = aws_apigatewayv2_api.http.id
  name   = "$default"
}

# Its cache is charged by the hour, whatever passes it.
resource "aws_api_gateway_rest_api" "old" {
  name = "old"
}

resource "aws_api_gateway_stage" "old" {
  rest_api_id           = aws_api_gateway_rest_api.old.id
  deployment_id         = "one"
  stage_name            = "live"
  cache_cluster_enabled = true
  cache_cluster_size    = "6.1"
}

# Each request of 600 KB is charged as two.
resource "aws_apigatewayv2_api" "files" {
  name          = "files"
  protocol_type = "HTTP"
}
