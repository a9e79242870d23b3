provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "public" {
  for_each = { a = "10.0.0.0/24", c = "10.0.1.0/24" }

  vpc_id            = aws_vpc.main.id
  availability_zone = "ap-northeast-2${each.key}"
  cidr_block        = each.value
}

resource "aws_subnet" "private" {
  for_each = { a = "10.0.10.0/24", c = "10.0.11.0/24" }

  vpc_id            = aws_vpc.main.id
  availability_zone = "ap-northeast-2${each.key}"
  cidr_block        = each.value
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_eip" "nat" {
  domain = "vpc"
}

resource "aws_nat_gateway" "main" {
  subnet_id     = aws_subnet.public["a"].id
  allocation_id = aws_eip.nat.id
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.main.id

  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.main.id
  }
}
