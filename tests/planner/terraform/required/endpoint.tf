resource "aws_subnet" "private" {
  vpc_id = "vpc-1"
}

resource "aws_vpc_endpoint" "registry" {
  vpc_id = "vpc-1"
}

resource "aws_vpc_endpoint" "files" {
  vpc_id = "vpc-1"
}

resource "aws_vpc_endpoint" "logs" {
  vpc_id = "vpc-1"
}

resource "aws_vpc_endpoint" "queue" {
  vpc_id = "vpc-1"
}

resource "aws_vpc_endpoint" "firewall" {
  vpc_id = "vpc-1"
}

resource "aws_vpc_endpoint" "database" {
  vpc_id = "vpc-1"
}
