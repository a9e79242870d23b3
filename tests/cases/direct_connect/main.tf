# Prices of few places are held: those of the first connection's in Virginia.
provider "aws" {
  region = "us-east-1"
}

resource "aws_dx_connection" "main" {
  name      = "main"
  bandwidth = "1Gbps"
  location  = "EqDC2"
}

resource "aws_dx_connection" "second" {
  name      = "second"
  bandwidth = "10Gbps"
  location  = "EqSe2-EQ"
}
