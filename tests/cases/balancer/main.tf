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

# What a person states of its traffic: 40 units an hour by new connections, 0.5 by data.
resource "aws_lb" "stated" {
  internal = true
  subnets  = aws_subnet.public[*].id
}

resource "aws_lb" "mail" {
  load_balancer_type               = "network"
  internal                         = true
  enable_cross_zone_load_balancing = true
  subnets                          = aws_subnet.public[*].id

  minimum_load_balancer_capacity {
    capacity_units = 10
  }
}

resource "aws_lb_listener" "mail" {
  load_balancer_arn = aws_lb.mail.arn
  port              = 465
  protocol          = "TLS"
}

resource "aws_lb" "appliances" {
  load_balancer_type = "gateway"
}

resource "aws_elb" "old" {
  subnets = aws_subnet.public[*].id
}

resource "aws_lb_trust_store" "clients" {
  ca_certificates_bundle_s3_bucket = "certificates"
  ca_certificates_bundle_s3_key    = "ca.pem"
}
