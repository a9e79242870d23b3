resource "aws_security_group" "this" {
  name        = "${var.name}-tasks"
  description = "Tasks"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-tasks" }
}

# Each pair is one conversation, allowed at both ends. Those with a balancer or a cache go after the tasks have left it.
resource "aws_vpc_security_group_egress_rule" "balancer_to_tasks" {
  for_each = var.balancers

  security_group_id            = each.value.security_group_id
  description                  = "To the tasks"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "tasks_from_balancer" {
  for_each = var.balancers

  security_group_id            = aws_security_group.this.id
  description                  = "From the balancer"
  referenced_security_group_id = each.value.security_group_id
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_egress_rule" "tasks_to_database" {
  security_group_id            = aws_security_group.this.id
  description                  = "To the database"
  referenced_security_group_id = var.database_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_ingress_rule" "database_from_tasks" {
  security_group_id            = var.database_security_group_id
  description                  = "From the tasks"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_egress_rule" "tasks_to_cache" {
  count = var.bus == "postgresql" ? 0 : 1

  security_group_id            = aws_security_group.this.id
  description                  = "To the cache"
  referenced_security_group_id = var.cache_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "cache_from_tasks" {
  count = var.bus == "postgresql" ? 0 : 1

  security_group_id            = var.cache_security_group_id
  description                  = "From the tasks"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_egress_rule" "tasks_to_internet" {
  security_group_id = aws_security_group.this.id
  description       = "HTTPS to AWS and to the push services"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "tasks_to_internet_ipv6" {
  count = var.egress == "ipv6_only" ? 1 : 0

  security_group_id = aws_security_group.this.id
  description       = "HTTPS to AWS and to the push services"
  cidr_ipv6         = "::/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
