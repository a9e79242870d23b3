provider "aws" {
  region = "ap-northeast-2"
}

# gp2 reaches 250 MiB/s at this size.
resource "aws_ebs_volume" "metrics" {
  availability_zone = "ap-northeast-2a"
  size              = 200
  type              = "gp3"
}

resource "aws_ebs_volume" "large" {
  availability_zone = "ap-northeast-2a"
  size              = 2000
  type              = "gp3"
  iops              = 6000
}

# What gp3 changes anyway.
resource "aws_ebs_volume" "small" {
  availability_zone = "ap-northeast-2a"
  size              = 50
  type              = "gp3"
}

# io1 keeps its throughput.
resource "aws_ebs_volume" "orders" {
  availability_zone = "ap-northeast-2a"
  size              = 100
  type              = "gp3"
  throughput        = 250
}
