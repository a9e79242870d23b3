# The balancer answers clients over IPv6 too; nothing else in the public subnets has such an address.
resource "aws_route" "internet_ipv6" {
  count = var.egress == "ipv6_only" ? 1 : 0

  route_table_id              = aws_route_table.public.id
  destination_ipv6_cidr_block = "::/0"
  gateway_id                  = aws_internet_gateway.this.id
}

# Tasks stand in what follows, so it goes after they have moved elsewhere.

# Costs nothing and lets nobody in: an IPv6 address is public, and only this makes it private.
resource "aws_egress_only_internet_gateway" "tasks" {
  count = var.egress == "ipv6_only" ? 1 : 0

  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-tasks" }

  lifecycle {
    create_before_destroy = true
  }
}

# A task in a dual-stack subnet would have an IPv4 address as well, and try it first where a name has both.
resource "aws_subnet" "tasks" {
  count = var.egress == "ipv6_only" ? length(var.zones) : 0

  vpc_id                          = aws_vpc.this.id
  availability_zone_id            = var.zones[count.index]
  ipv6_native                     = true
  ipv6_cidr_block                 = cidrsubnet(aws_vpc.this.ipv6_cidr_block, 8, count.index + 16)
  assign_ipv6_address_on_creation = true
  map_public_ip_on_launch         = false

  # AWS turns it on in such a subnet, whose machines cannot be named by an IPv4 address.
  enable_resource_name_dns_aaaa_record_on_launch = true

  tags = { Name = "${var.name}-tasks-${var.zones[count.index]}" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route_table" "tasks" {
  count = var.egress == "ipv6_only" ? 1 : 0

  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-tasks" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route" "tasks" {
  count = var.egress == "ipv6_only" ? 1 : 0

  route_table_id              = aws_route_table.tasks[0].id
  destination_ipv6_cidr_block = "::/0"
  egress_only_gateway_id      = aws_egress_only_internet_gateway.tasks[0].id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route_table_association" "tasks" {
  count = var.egress == "ipv6_only" ? length(var.zones) : 0

  subnet_id      = aws_subnet.tasks[count.index].id
  route_table_id = aws_route_table.tasks[0].id

  lifecycle {
    create_before_destroy = true
  }
}
