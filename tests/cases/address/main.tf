provider "aws" {
  region = "ap-northeast-2"
}

# An address that is attached and one that is not cost the same.
resource "aws_eip" "used" {
  instance = "i-0123456789abcdef0"
}

resource "aws_eip" "idle" {}
