# A stage that records traces, and one that does not. No price of X-Ray is held.
provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_api_gateway_stage" "traced" {
  rest_api_id          = "abc"
  deployment_id        = "one"
  stage_name           = "traced"
  xray_tracing_enabled = true
}

resource "aws_api_gateway_stage" "plain" {
  rest_api_id   = "abc"
  deployment_id = "one"
  stage_name    = "plain"
}
