provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_cloudwatch_log_group" "api" {
  name = "/ecs/api"
}

resource "aws_cloudwatch_log_group" "worker" {
  name              = "/ecs/worker"
  retention_in_days = 90
}

resource "aws_cloudwatch_log_group" "cron" {
  name              = "/ecs/cron"
  retention_in_days = 3
}
