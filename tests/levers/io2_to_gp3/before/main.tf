provider "aws" {
  region = "us-east-1"
}

resource "aws_ebs_volume" "ledger" {
  availability_zone = "us-east-1a"
  type              = "io2"
  size              = 200
  iops              = 3500
}

# More throughput than gp3 has.
resource "aws_ebs_volume" "warehouse" {
  availability_zone = "us-east-1a"
  type              = "io2"
  size              = 1000
  iops              = 10000
}
