provider "aws" {
  region = "ap-northeast-2"
}

# To a private gateway, to a transit gateway, and one with whatever costs more.
resource "aws_vpn_connection" "office" {
  customer_gateway_id = "cgw-1"
  vpn_gateway_id      = "vgw-1"
  type                = "ipsec.1"
}

resource "aws_vpn_connection" "factory" {
  customer_gateway_id = "cgw-2"
  transit_gateway_id  = "tgw-1"
  type                = "ipsec.1"
}

resource "aws_vpn_connection" "headquarters" {
  customer_gateway_id   = "cgw-3"
  transit_gateway_id    = "tgw-1"
  type                  = "ipsec.1"
  enable_acceleration   = true
  preshared_key_storage = "SecretsManager"
}

resource "aws_ec2_client_vpn_endpoint" "staff" {
  client_cidr_block      = "10.9.0.0/22"
  server_certificate_arn = "arn:aws:acm:ap-northeast-2:123456789012:certificate/1"
}

resource "aws_ec2_client_vpn_network_association" "staff" {
  count                  = 2
  client_vpn_endpoint_id = aws_ec2_client_vpn_endpoint.staff.id
  subnet_id              = "subnet-${count.index}"
}
