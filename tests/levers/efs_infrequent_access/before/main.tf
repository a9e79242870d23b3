provider "aws" {
  region = "us-east-1"
}

resource "aws_efs_file_system" "home" {
  encrypted = true
}

resource "aws_efs_file_system" "scans" {
  encrypted = true

  lifecycle_policy {
    transition_to_ia = "AFTER_14_DAYS"
  }
}
