output "arn" {
  description = "The balancer, once it answers."
  value       = aws_lb.this.arn

  depends_on = [aws_lb_listener.https]
}

output "alias" {
  description = "Host name and zone of the balancer, for the records that lead to it."
  value       = { domain_name = aws_lb.this.dns_name, zone_id = aws_lb.this.zone_id }
}

output "metrics" {
  description = "Names of the balancer and of its target group in metrics, and the prefix of their alarms."
  value = {
    name         = local.prefix
    balancer     = aws_lb.this.arn_suffix
    target_group = aws_lb_target_group.this.arn_suffix
  }
}

output "idle_timeout_seconds" {
  description = "Seconds after which the balancer drops an idle connection."
  value       = aws_lb.this.idle_timeout
}

output "way" {
  description = "Security group of the balancer, and target group of the tasks."
  value = {
    security_group_id = aws_security_group.this.id
    target_group_arn  = aws_lb_target_group.this.arn
  }

  # A service is refused while no listener leads to its target group. And while a service or a record needs the balancer,
  # its ports stay open.
  depends_on = [
    aws_lb_listener.http,
    aws_lb_listener.https,
    aws_vpc_security_group_ingress_rule.http,
    aws_vpc_security_group_ingress_rule.http_ipv6,
    aws_vpc_security_group_ingress_rule.https,
    aws_vpc_security_group_ingress_rule.https_ipv6,
  ]
}
