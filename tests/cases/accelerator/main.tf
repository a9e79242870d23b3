# The premium of what comes in is held for Ireland.
provider "aws" {
  region = "eu-west-1"
}

resource "aws_globalaccelerator_accelerator" "game" {
  name = "game"
}

resource "aws_globalaccelerator_listener" "game" {
  accelerator_arn = aws_globalaccelerator_accelerator.game.arn
  protocol        = "UDP"

  port_range {
    from_port = 7000
    to_port   = 7000
  }
}

resource "aws_globalaccelerator_endpoint_group" "ireland" {
  listener_arn          = aws_globalaccelerator_listener.game.arn
  endpoint_group_region = "eu-west-1"
}

resource "aws_globalaccelerator_endpoint_group" "oregon" {
  listener_arn          = aws_globalaccelerator_listener.game.arn
  endpoint_group_region = "us-west-2"
}
