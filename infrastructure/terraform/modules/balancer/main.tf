resource "aws_security_group" "this" {
  name        = "${var.name}-balancer"
  description = "Load balancer"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-balancer" }
}

data "aws_ec2_managed_prefix_list" "cloudfront" {
  count = var.ingress == "cloudfront" ? 1 : 0

  name = "com.amazonaws.global.cloudfront.origin-facing"
}

resource "aws_vpc_security_group_ingress_rule" "http" {
  count = var.ingress == "balancer" ? 1 : 0

  security_group_id = aws_security_group.this.id
  description       = "HTTP from anywhere, to be redirected"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = aws_security_group.this.id
  description       = var.ingress == "cloudfront" ? "HTTPS from CloudFront" : "HTTPS from anywhere"
  cidr_ipv4         = var.ingress == "cloudfront" ? null : "0.0.0.0/0"
  prefix_list_id    = var.ingress == "cloudfront" ? data.aws_ec2_managed_prefix_list.cloudfront[0].id : null
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# CloudFront speaks IPv4 to the balancer, whatever its clients speak.
resource "aws_vpc_security_group_ingress_rule" "http_ipv6" {
  count = var.ingress == "balancer" && var.dual_stack ? 1 : 0

  security_group_id = aws_security_group.this.id
  description       = "HTTP from anywhere, to be redirected"
  cidr_ipv6         = "::/0"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
}

resource "aws_vpc_security_group_ingress_rule" "https_ipv6" {
  count = var.ingress == "balancer" && var.dual_stack ? 1 : 0

  security_group_id = aws_security_group.this.id
  description       = "HTTPS from anywhere"
  cidr_ipv6         = "::/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_lb" "this" {
  name                       = var.name
  load_balancer_type         = "application"
  internal                   = var.ingress == "cloudfront"
  ip_address_type            = var.dual_stack ? "dualstack" : "ipv4"
  subnets                    = var.subnet_ids
  security_groups            = [aws_security_group.this.id]
  idle_timeout               = var.idle_timeout_seconds
  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection

  # The service counts clients by the address that the balancer adds after whatever a client wrote. With `preserve` a
  # client could choose its address; with `remove` all of them would have the balancer's.
  xff_header_processing_mode = "append"
}

# A group of IPv6 targets is another group, and the listener must have it before the old one can go: hence another
# name, and the order.
resource "aws_lb_target_group" "this" {
  name            = var.dual_stack ? "${var.name}-ip6" : "${var.name}-api"
  vpc_id          = var.vpc_id
  target_type     = "ip"
  ip_address_type = var.dual_stack ? "ipv6" : null
  protocol        = "HTTP"
  port            = var.port

  # The 300 s default does not fit the 120 s between a Spot notice and the end of the task.
  deregistration_delay = var.deregistration_delay_seconds

  health_check {
    path                = "/health"
    protocol            = "HTTP"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }

  # A Socket.IO session that polls lives in one task: its next request must find the same one.
  stickiness {
    enabled         = true
    type            = "lb_cookie"
    cookie_duration = 86400
  }

  lifecycle {
    create_before_destroy = true
  }
}

# Behind CloudFront it is CloudFront that redirects.
resource "aws_lb_listener" "http" {
  count = var.ingress == "balancer" ? 1 : 0

  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
  certificate_arn   = var.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}

locals {
  alias = var.ingress == "cloudfront" ? var.distribution : { domain_name = aws_lb.this.dns_name, zone_id = aws_lb.this.zone_id }
}

# Pointed elsewhere by a change of the record, never by a second one: two of one name and type cannot be.
resource "aws_route53_record" "this" {
  zone_id = var.zone_id
  name    = var.domain_name
  type    = "A"

  alias {
    name                   = local.alias.domain_name
    zone_id                = local.alias.zone_id
    evaluate_target_health = false
  }
}

resource "aws_route53_record" "ipv6" {
  count = var.ingress == "cloudfront" || var.dual_stack ? 1 : 0

  zone_id = var.zone_id
  name    = var.domain_name
  type    = "AAAA"

  alias {
    name                   = local.alias.domain_name
    zone_id                = local.alias.zone_id
    evaluate_target_health = false
  }
}
