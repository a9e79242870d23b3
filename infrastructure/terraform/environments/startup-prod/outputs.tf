output "url" {
  description = "Where clients connect."
  value       = "https://${var.domain_name}"
}

output "service" {
  description = "The service, the definition of its tasks, and their container."
  value       = module.ecs.service
}

output "migration" {
  description = "How a migration is started: with `glimpse migrate`, or another command, as a task of its own."
  value       = module.ecs.migration
}

output "secrets" {
  description = "Values that `glimpse deploy` puts in where there is none: the name, the store, and how it is made. A person gives an rsa_key."
  value       = module.secrets.needed
}

output "bucket_name" {
  description = "Bucket of the uploads."
  value       = module.s3.bucket_name
}

output "database_address" {
  description = "Host name of the database, reachable from the tasks only."
  value       = module.rds.address
}

output "alarm_topic_arn" {
  description = "Topic of the alarms and the budget."
  value       = module.monitoring.topic_arn
}
