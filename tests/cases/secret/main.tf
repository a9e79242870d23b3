provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_secretsmanager_secret" "jwt" {}
