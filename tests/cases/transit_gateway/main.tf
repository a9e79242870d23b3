provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_ec2_transit_gateway" "hub" {}

resource "aws_ec2_transit_gateway_vpc_attachment" "this" {
  count              = 2
  transit_gateway_id = aws_ec2_transit_gateway.hub.id
  vpc_id             = "vpc-${count.index}"
  subnet_ids         = ["subnet-${count.index}"]
}

# Each side of a peering is charged; this one is asked for here and accepted in another stack.
resource "aws_ec2_transit_gateway_peering_attachment" "tokyo" {
  transit_gateway_id      = aws_ec2_transit_gateway.hub.id
  peer_transit_gateway_id = "tgw-2"
  peer_region             = "ap-northeast-1"
}

resource "aws_dx_gateway_association" "hub" {
  dx_gateway_id         = "dxgw-1"
  associated_gateway_id = aws_ec2_transit_gateway.hub.id
}

# At a private gateway the association is free.
resource "aws_dx_gateway_association" "private" {
  dx_gateway_id         = "dxgw-1"
  associated_gateway_id = "vgw-1"
}
