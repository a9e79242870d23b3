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

resource "aws_lb" "shop" {
  subnets = values(aws_subnet.public)[*].id
}

resource "aws_lb_target_group" "shop" {
  port        = 80
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = aws_vpc.main.id
}

resource "aws_lb_listener" "shop" {
  load_balancer_arn = aws_lb.shop.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = "arn:aws:acm:ap-northeast-2:123456789012:certificate/shop"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.shop.arn
  }
}

resource "aws_lb_target_group" "admin" {
  port        = 80
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = aws_vpc.main.id
}

resource "aws_lb_listener_certificate" "admin" {
  listener_arn    = aws_lb_listener.shop.arn
  certificate_arn = "arn:aws:acm:ap-northeast-2:123456789012:certificate/admin"
}

resource "aws_lb_listener_rule" "admin" {
  listener_arn = aws_lb_listener.shop.arn

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.admin.arn
  }

  condition {
    host_header {
      values = ["admin.example.com"]
    }
  }
}
