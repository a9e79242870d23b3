resource "aws_eip" "nat" {
  count = var.egress == "nat_gateway" ? 1 : 0

  domain = "vpc"

  tags = { Name = "${var.name}-nat" }
}

# One for all zones: a second costs as much again. While its zone is away, nothing goes out.
resource "aws_nat_gateway" "nat" {
  count = var.egress == "nat_gateway" ? 1 : 0

  allocation_id = aws_eip.nat[0].id
  subnet_id     = aws_subnet.public[0].id

  tags = { Name = "${var.name}-nat" }

  # AWS refuses a gateway in a VPC that has no way to the internet itself.
  depends_on = [aws_route.internet, aws_route_table_association.public]
}

# A gateway, unlike an instance, stays the same, so its routes are declared. A table that still holds the route that
# a NAT instance wrote refuses this one.
resource "aws_route" "nat" {
  count = var.egress == "nat_gateway" ? length(var.zones) : 0

  route_table_id         = aws_route_table.private[count.index].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.nat[0].id
}
