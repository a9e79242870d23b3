output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "public_subnet_ids" {
  description = "Subnets of a public balancer, of the NAT, and of tasks that have public addresses."
  value       = aws_subnet.public[*].id

  # What starts in them calls out at once.
  depends_on = [aws_route.internet, aws_route.internet_ipv6, aws_route_table_association.public]
}

output "private_subnet_ids" {
  description = "Subnets of the database, the cache, an internal balancer, and tasks that go out through a NAT."
  value       = aws_subnet.private[*].id

  # A task that starts before its way out cannot fetch its image.
  depends_on = [aws_route.nat, aws_route_table_association.private]
}

output "ipv6_subnet_ids" {
  description = "Subnets of tasks that have no IPv4. None unless egress is ipv6_only."
  value       = aws_subnet.tasks[*].id

  depends_on = [aws_route.tasks, aws_route_table_association.tasks]
}
