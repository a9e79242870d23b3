output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "public_subnet_ids" {
  description = "Subnets of the balancer, of the NAT instance, and of tasks that have public addresses."
  value       = aws_subnet.public[*].id

  # What starts in them calls out at once.
  depends_on = [aws_route.internet, aws_route_table_association.public]
}

output "private_subnet_ids" {
  description = "Subnets of the tasks, the database and the cache."
  value       = aws_subnet.private[*].id
}
