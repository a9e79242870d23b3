output "cluster_name" {
  description = "Name of the cluster."
  value       = aws_ecs_cluster.this.name
}

output "service_name" {
  description = "Name of the service."
  value       = aws_ecs_service.this.name
}

# Not by the service itself: an apply in which it fails must still tell the definition that it was to run.
output "service" {
  description = "The service, the definition of its tasks, and their container."
  value = {
    cluster         = aws_ecs_cluster.this.name
    service         = var.service_name
    task_definition = aws_ecs_task_definition.this.arn
    container       = local.service_container
  }
}

output "migration" {
  description = "How a migration is started."
  value       = merge(local.migration, { container = local.migrate_container })

  depends_on = [terraform_data.migration]
}

output "log_group_arn" {
  description = "Log group of the tasks."
  value       = aws_cloudwatch_log_group.this.arn
}
