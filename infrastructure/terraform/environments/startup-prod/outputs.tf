output "url" {
  description = "Where clients connect."
  value       = "https://${var.domain_name}"
}

output "name_servers" {
  description = "Enter these where the parent domain is registered; the first apply waits for it. To see them beforehand, apply with -target=module.dns.aws_route53_zone.this."
  value       = module.dns.name_servers
}

output "repository_url" {
  description = "Where images are pushed."
  value       = module.ecr.repository_url
}

output "cluster_name" {
  description = "Cluster of the service."
  value       = module.ecs.cluster_name
}

output "service_name" {
  description = "Name of the service."
  value       = module.ecs.service_name
}

output "bucket_name" {
  description = "Bucket of the uploads."
  value       = module.s3.bucket_name
}

output "database_address" {
  description = "Host name of the database, reachable from the tasks only."
  value       = module.rds.address
}

output "secret_arns" {
  description = "Secrets, or parameters, whose values an operator puts in before the first deploy."
  value       = concat(local.own_secret_arns, local.downloads_parameter_arns)
}

output "alarm_topic_arn" {
  description = "Topic of the alarms and the budget."
  value       = module.monitoring.topic_arn
}
