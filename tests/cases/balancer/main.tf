provider "aws" {
  region = "ap-northeast-2"
}

# One balancer of each kind that is priced: facing the internet with fifteen rules, internal, and a network one.
resource "aws_subnet" "public" {
  count = 2
}

resource "aws_lb" "public" {
  subnets = aws_subnet.public[*].id
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.public.arn
  port              = 443
}

resource "aws_lb_listener_rule" "path" {
  count        = 14
  listener_arn = aws_lb_listener.https.arn
}

resource "aws_lb" "internal" {
  internal = true
  subnets  = aws_subnet.public[*].id
}

resource "aws_lb" "network" {
  load_balancer_type = "network"
  subnets            = aws_subnet.public[*].id
}
