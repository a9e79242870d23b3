provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_s3_bucket" "files" {}

resource "aws_s3_bucket" "exports" {}
