provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_cloudwatch_log_group" "api" {
  retention_in_days = 30
}
