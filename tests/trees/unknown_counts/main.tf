# Nobody can tell how many subnets there are, and it does not matter; of addresses it does.
provider "aws" {
  region = "ap-northeast-2"
}

data "aws_vpcs" "all" {}

resource "aws_subnet" "public" {
  count      = length(data.aws_vpcs.all.ids)
  vpc_id     = data.aws_vpcs.all.ids[count.index]
  cidr_block = "10.0.0.0/24"
}

resource "aws_eip" "outside" {
  for_each = toset(data.aws_vpcs.all.ids)
}

resource "aws_eip" "sure" {}
