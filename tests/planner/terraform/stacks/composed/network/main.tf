variable "zones" {
  type = list(string)
}

variable "one_nat" {
  type    = bool
  default = true
}

locals {
  gateways = var.one_nat ? 1 : length(var.zones)
}

resource "aws_vpc" "this" {
  cidr_block = "10.2.0.0/16"
}

resource "aws_subnet" "private" {
  count             = length(var.zones)
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, count.index)
  availability_zone = var.zones[count.index]
}

resource "aws_eip" "nat" {
  count  = local.gateways
  domain = "vpc"
}

resource "aws_nat_gateway" "this" {
  count         = local.gateways
  allocation_id = aws_eip.nat[count.index].id
  subnet_id     = aws_subnet.private[count.index].id
}

output "private" {
  value = aws_subnet.private[*].id
}

output "has_nat" {
  value = length(aws_nat_gateway.this) > 0
}
