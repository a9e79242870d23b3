provider "aws" {
  region = "ap-northeast-2"
}

# An address that is attached and one that is not cost the same.
resource "aws_eip" "used" {
  instance = "i-0123456789abcdef0"
}

resource "aws_eip" "idle" {}

# Addresses of one's own cost nothing; those of a pool that Amazon fills do.
resource "aws_eip" "own" {
  public_ipv4_pool = "ipv4pool-ec2-0123456789abcdef0"
}

resource "aws_vpc_ipam_pool" "amazon" {
  address_family   = "ipv4"
  ipam_scope_id    = "ipam-scope-0123456789abcdef0"
  locale           = "ap-northeast-2"
  public_ip_source = "amazon"
}

resource "aws_eip" "pooled" {
  ipam_pool_id = aws_vpc_ipam_pool.amazon.id
}
