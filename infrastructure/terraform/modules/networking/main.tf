resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  assign_generated_ipv6_cidr_block = var.egress == "ipv6_only" ? true : null

  tags = { Name = var.name }
}

# Every VPC is born with a group that lets its members talk to each other. Taken over here, it holds no rule.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-unused" }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}

resource "aws_subnet" "public" {
  count = length(var.zones)

  vpc_id                  = aws_vpc.this.id
  availability_zone_id    = var.zones[count.index]
  cidr_block              = cidrsubnet(var.cidr, 4, count.index)
  ipv6_cidr_block         = var.egress == "ipv6_only" ? cidrsubnet(aws_vpc.this.ipv6_cidr_block, 8, count.index) : null
  map_public_ip_on_launch = false

  tags = { Name = "${var.name}-public-${var.zones[count.index]}" }
}

resource "aws_subnet" "private" {
  count = length(var.zones)

  vpc_id                  = aws_vpc.this.id
  availability_zone_id    = var.zones[count.index]
  cidr_block              = cidrsubnet(var.cidr, 4, count.index + 8)
  ipv6_cidr_block         = var.egress == "ipv6_only" ? cidrsubnet(aws_vpc.this.ipv6_cidr_block, 8, count.index + 8) : null
  map_public_ip_on_launch = false

  tags = { Name = "${var.name}-private-${var.zones[count.index]}" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-public" }
}

resource "aws_route" "internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  count = length(var.zones)

  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}

# With a NAT instance the default IPv4 route of these tables is not declared: it points at the instance of the
# moment, which writes it itself when it starts. Declared here, each apply would put back an instance that is gone.
# Without a NAT there is none.
resource "aws_route_table" "private" {
  count = length(var.zones)

  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-private-${var.zones[count.index]}" }
}

resource "aws_route_table_association" "private" {
  count = length(var.zones)

  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private[count.index].id
}

# Image layers come from S3. The gateway is free and keeps them, and the uploads, off the NAT.
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  vpc_endpoint_type = "Gateway"
  service_name      = "com.amazonaws.${var.region}.s3"
  route_table_ids   = aws_route_table.private[*].id

  tags = { Name = "${var.name}-s3" }
}
