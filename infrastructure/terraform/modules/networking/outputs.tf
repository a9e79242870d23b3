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
  description = "Subnets of the database, the cache, and an internal balancer."
  value       = aws_subnet.private[*].id
}

output "nat_subnet_ids" {
  description = "The same subnets, for tasks that go out through a NAT, once the NAT is there."
  value       = aws_subnet.private[*].id

  # A task that starts before its way out cannot fetch its image. Only tasks may depend on the routes: what depends on
  # them and is made before its old one goes, such as a balancer, would let Terraform delete a gateway's route last, when
  # a NAT instance has long made it its own.
  depends_on = [aws_autoscaling_group.nat, aws_route.nat, aws_route_table_association.private]
}

output "ipv6_subnet_ids" {
  description = "Subnets of tasks that have no IPv4. None unless egress is ipv6_only."
  value       = aws_subnet.tasks[*].id

  depends_on = [aws_route.tasks, aws_route_table_association.tasks]
}

output "nat" {
  description = "The way out through a NAT, for its alarm: the group of the instance, or the gateway; null where there is none."
  value = {
    group   = one(aws_autoscaling_group.nat[*].name)
    gateway = one(aws_nat_gateway.nat[*].id)
  }
}
