provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_subnet" "private" {
  count = 2
}

resource "aws_vpc_endpoint" "registry" {
  service_name      = "com.amazonaws.ap-northeast-2.ecr.dkr"
  vpc_endpoint_type = "Interface"
  subnet_ids        = aws_subnet.private[*].id
}

resource "aws_vpc_endpoint" "files" {
  service_name = "com.amazonaws.ap-northeast-2.s3"
}
