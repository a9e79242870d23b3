# A stack that may use anybody's handlers, and a set whose template names AWS's own types alone.
provider "aws" {
  region = "us-east-1"
}

resource "aws_cloudformation_stack" "tools" {
  name         = "tools"
  template_url = "https://example.com/tools.yaml"
}

resource "aws_cloudformation_stack_set" "network" {
  name          = "network"
  template_body = jsonencode({ Resources = { vpc = { Type = "AWS::EC2::VPC" } } })
}
