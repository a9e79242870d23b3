provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_route53_zone" "public" {
  name = "example.com"
}
