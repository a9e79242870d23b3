provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_secretsmanager_secret" "jwt" {}

# With a copy in Virginia, which is charged there.
resource "aws_secretsmanager_secret" "shared" {
  replica {
    region = "us-east-1"
  }
}
