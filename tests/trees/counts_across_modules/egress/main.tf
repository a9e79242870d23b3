variable "subnets" {
  type = list(string)
}

resource "aws_nat_gateway" "this" {
  count     = length(var.subnets)
  subnet_id = var.subnets[count.index]
}
