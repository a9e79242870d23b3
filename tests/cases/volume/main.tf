provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_ebs_volume" "fast" {
  size       = 100
  type       = "gp3"
  iops       = 4000
  throughput = 250
}

resource "aws_ebs_volume" "archive" {
  size = 500
  type = "sc1"
}
