# What is removed without `create_before_destroy`, Terraform removes first: before the record leads elsewhere, and before
# the tasks are in another target group. So everything here has it, and the outputs depend on all that clients need.
locals {
  prefix = var.internal ? "${var.name}-int" : var.name
}

resource "aws_security_group" "this" {
  name        = "${local.prefix}-balancer"
  description = var.internal ? "Internal load balancer" : "Load balancer"
  vpc_id      = var.vpc_id

  tags = { Name = "${local.prefix}-balancer" }

  lifecycle {
    create_before_destroy = true
  }
}

data "aws_ec2_managed_prefix_list" "cloudfront" {
  count = var.internal ? 1 : 0

  name = "com.amazonaws.global.cloudfront.origin-facing"
}

resource "aws_vpc_security_group_ingress_rule" "http" {
  count = var.internal ? 0 : 1

  security_group_id = aws_security_group.this.id
  description       = "HTTP from anywhere, to be redirected"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = aws_security_group.this.id
  description       = var.internal ? "HTTPS from CloudFront" : "HTTPS from anywhere"
  cidr_ipv4         = var.internal ? null : "0.0.0.0/0"
  prefix_list_id    = var.internal ? data.aws_ec2_managed_prefix_list.cloudfront[0].id : null
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  lifecycle {
    create_before_destroy = true
  }
}

# CloudFront speaks IPv4 to the balancer, whatever its clients speak.
resource "aws_vpc_security_group_ingress_rule" "http_ipv6" {
  count = !var.internal && var.dual_stack ? 1 : 0

  security_group_id = aws_security_group.this.id
  description       = "HTTP from anywhere, to be redirected"
  cidr_ipv6         = "::/0"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "https_ipv6" {
  count = !var.internal && var.dual_stack ? 1 : 0

  security_group_id = aws_security_group.this.id
  description       = "HTTPS from anywhere"
  cidr_ipv6         = "::/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb" "this" {
  name                       = local.prefix
  load_balancer_type         = "application"
  internal                   = var.internal
  ip_address_type            = var.dual_stack ? "dualstack" : "ipv4"
  subnets                    = var.subnet_ids
  security_groups            = [aws_security_group.this.id]
  idle_timeout               = var.idle_timeout_seconds
  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection

  # The service counts clients by the address that the balancer adds after whatever a client wrote. With `preserve` a
  # client could choose its address; with `remove` all of them would have the balancer's.
  xff_header_processing_mode = "append"

  lifecycle {
    create_before_destroy = true
  }
}

# A target group belongs to one balancer, and has targets of IPv4 or of IPv6. Another one has another name, so that both
# can be.
resource "aws_lb_target_group" "this" {
  name            = var.dual_stack ? "${local.prefix}-ip6" : "${local.prefix}-api"
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
  count = var.internal ? 0 : 1

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

  lifecycle {
    create_before_destroy = true
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

  lifecycle {
    create_before_destroy = true
  }
}
