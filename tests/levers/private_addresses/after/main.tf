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

resource "aws_lb" "web" {
  subnets = values(aws_subnet.public)[*].id
}

resource "aws_lb_target_group" "web" {
  port     = 80
  protocol = "HTTP"
  vpc_id   = aws_vpc.main.id
}

resource "aws_lb_listener" "web" {
  load_balancer_arn = aws_lb.web.arn
  port              = 80

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
}

resource "aws_instance" "web" {
  ami                         = "ami-0123456789abcdef0"
  instance_type               = "m6i.large"
  subnet_id                   = aws_subnet.private["a"].id
  associate_public_ip_address = false

  root_block_device {
    volume_type = "gp3"
    volume_size = 30
  }
}

resource "aws_lb_target_group_attachment" "web" {
  target_group_arn = aws_lb_target_group.web.arn
  target_id        = aws_instance.web.id
}
