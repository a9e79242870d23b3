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

resource "aws_ssm_parameter" "small" {
  type  = "String"
  tier  = "Intelligent-Tiering"
  value = "small"
}

variable "document" {
  type = string
}

resource "aws_ssm_parameter" "document" {
  type  = "String"
  tier  = "Intelligent-Tiering"
  value = var.document
}

# Servers that are not EC2's.
resource "aws_ssm_activation" "factory" {
  iam_role           = "factory"
  registration_limit = 50
}
