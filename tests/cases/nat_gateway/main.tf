provider "aws" {
  region = "ap-northeast-2"
}

# One gateway for each zone, each with an address of its own.
resource "aws_eip" "nat" {
  count = 2
}

resource "aws_nat_gateway" "this" {
  count         = 2
  allocation_id = aws_eip.nat[count.index].id
}
