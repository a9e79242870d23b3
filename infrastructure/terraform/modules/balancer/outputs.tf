output "arn_suffix" {
  description = "Name of the balancer in metrics."
  value       = aws_lb.this.arn_suffix
}

output "arn" {
  description = "The balancer, once it answers."
  value       = aws_lb.this.arn

  depends_on = [aws_lb_listener.https]
}

output "dns_name" {
  description = "Host name of the balancer."
  value       = aws_lb.this.dns_name
}

output "security_group_id" {
  description = "Security group of the balancer."
  value       = aws_security_group.this.id
}

output "idle_timeout_seconds" {
  description = "Seconds after which the balancer drops an idle connection."
  value       = aws_lb.this.idle_timeout
}

output "target_group_arn" {
  description = "Target group of the tasks."
  value       = aws_lb_target_group.this.arn

  # A service is refused while no listener leads to its target group.
  depends_on = [aws_lb_listener.https]
}
