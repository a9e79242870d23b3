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

# One gateway for every zone: where AWS puts it, nobody knows, unless its addresses are given.
resource "aws_nat_gateway" "regional" {
  vpc_id            = "vpc-1"
  availability_mode = "regional"
}

resource "aws_nat_gateway" "placed" {
  vpc_id            = "vpc-1"
  availability_mode = "regional"

  dynamic "availability_zone_address" {
    for_each = aws_eip.nat
    content {
      availability_zone = "ap-northeast-2${availability_zone_address.key == 0 ? "a" : "c"}"
      allocation_ids    = [availability_zone_address.value.id]
    }
  }
}

resource "aws_nat_gateway" "private" {
  subnet_id         = "subnet-1"
  connectivity_type = "private"
}
