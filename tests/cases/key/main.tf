provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_kms_key" "own" {}
