provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_guardduty_detector" "main" {}

resource "aws_guardduty_detector" "off" {
  enable = false
}

resource "aws_guardduty_detector_feature" "objects" {
  detector_id = aws_guardduty_detector.main.id
  name        = "S3_DATA_EVENTS"
  status      = "ENABLED"
}

resource "aws_inspector2_enabler" "main" {
  account_ids    = ["123456789012"]
  resource_types = ["EC2", "ECR"]
}

resource "aws_macie2_account" "main" {}

resource "aws_securityhub_account" "main" {}

resource "aws_detective_graph" "main" {}
