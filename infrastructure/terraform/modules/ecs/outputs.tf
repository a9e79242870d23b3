output "cluster_name" {
  description = "Name of the cluster."
  value       = aws_ecs_cluster.this.name
}

output "service_name" {
  description = "Name of the service."
  value       = aws_ecs_service.this.name
}

output "log_group_arn" {
  description = "Log group of the tasks."
  value       = aws_cloudwatch_log_group.this.arn
}
