provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_ssm_parameter" "jwt" {
  name  = "/shop/jwt"
  type  = "SecureString"
  value = "set by hand"
}

# Rotated.
resource "aws_secretsmanager_secret" "database" {
  name = "shop/database"
}

resource "aws_secretsmanager_secret_rotation" "database" {
  secret_id           = aws_secretsmanager_secret.database.id
  rotation_lambda_arn = "arn:aws:lambda:ap-northeast-2:123456789012:function:rotate"

  rotation_rules {
    automatically_after_days = 30
  }
}

# Copied to another region.
resource "aws_secretsmanager_secret" "partners" {
  name = "shop/partners"

  replica {
    region = "us-east-1"
  }
}
