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

# IOPS above 32,000 cost less each, and their price is not held.
resource "aws_ebs_volume" "ledger" {
  size = 1000
  type = "io2"
  iops = 40000
}

# Magnetic disks are charged by request.
resource "aws_ebs_volume" "old" {
  size = 20
  type = "standard"
}

# As large as what it is made from.
resource "aws_ebs_snapshot" "archive" {
  volume_id = aws_ebs_volume.archive.id
}

resource "aws_ebs_volume" "restored" {
  snapshot_id = aws_ebs_snapshot.archive.id
  type        = "st1"
}

resource "aws_ebs_volume_copy" "again" {
  source_volume_id = aws_ebs_volume.fast.id
  volume_type      = "gp3"
}
