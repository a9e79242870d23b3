provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_ssm_parameter" "free" {
  type = "SecureString"
}

resource "aws_ssm_parameter" "large" {
  type = "String"
  tier = "Advanced"
}
