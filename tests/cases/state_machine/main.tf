# A standard workflow, an express one, and a domain of the service that was there before.
provider "aws" {
  region = "us-east-1"
}

resource "aws_sfn_state_machine" "orders" {
  name       = "orders"
  role_arn   = "arn:aws:iam::123456789012:role/orders"
  definition = jsonencode({})
}

# 130 MB are charged as 192, 1,250 ms as 1,300.
resource "aws_sfn_state_machine" "events" {
  name       = "events"
  role_arn   = "arn:aws:iam::123456789012:role/events"
  definition = jsonencode({})
  type       = "EXPRESS"
}

resource "aws_swf_domain" "old" {
  name                                        = "old"
  workflow_execution_retention_period_in_days = 30
}
