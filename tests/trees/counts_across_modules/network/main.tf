resource "aws_subnet" "public" {
  for_each   = { a = "10.0.0.0/24", b = "10.0.1.0/24" }
  vpc_id     = "vpc-1"
  cidr_block = each.value
}

output "public" {
  value = values(aws_subnet.public)[*].id
}
