provider "aws" {
  region = "ap-northeast-2"
}

# Bursting, with a colder class.
resource "aws_efs_file_system" "shared" {
  encrypted = true

  lifecycle_policy {
    transition_to_ia = "AFTER_30_DAYS"
  }

  lifecycle_policy {
    transition_to_primary_storage_class = "AFTER_1_ACCESS"
  }
}

resource "aws_efs_file_system" "one_zone" {
  availability_zone_name = "ap-northeast-2a"
  throughput_mode        = "elastic"

  lifecycle_policy {
    transition_to_ia = "AFTER_7_DAYS"
  }
}

# 100 MiB/s, of which 200 GB stored include 10.
resource "aws_efs_file_system" "fast" {
  throughput_mode                 = "provisioned"
  provisioned_throughput_in_mibps = 100
}

# How much is stored nobody said.
resource "aws_efs_file_system" "ready" {
  throughput_mode                 = "provisioned"
  provisioned_throughput_in_mibps = 20
}

resource "aws_efs_backup_policy" "shared" {
  file_system_id = aws_efs_file_system.shared.id

  backup_policy {
    status = "ENABLED"
  }
}

# The replica is a file system of its own in Tokyo.
resource "aws_efs_replication_configuration" "shared" {
  source_file_system_id = aws_efs_file_system.shared.id

  destination {
    region = "ap-northeast-1"
  }
}
