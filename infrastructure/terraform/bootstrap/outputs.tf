output "state_bucket" {
  description = "Bucket of the states."
  value       = aws_s3_bucket.state.bucket

  # A state that is put in before is not encrypted as it should be, and has no versions.
  depends_on = [
    aws_s3_bucket_ownership_controls.state,
    aws_s3_bucket_policy.state,
    aws_s3_bucket_server_side_encryption_configuration.state,
    aws_s3_bucket_versioning.state,
  ]
}

output "repository_url" {
  description = "Where images are pushed."
  value       = module.ecr.repository_url
}

output "zone_id" {
  description = "The public zone."
  value       = module.dns.zone_id
}

output "name_servers" {
  description = "Enter these where the parent domain is registered. Until then ACM issues no certificate."
  value       = module.dns.name_servers
}

output "certificate_arns" {
  description = "The certificates; `glimpse deploy` waits until ACM has issued them."
  value       = module.dns.certificate_arns
}

output "deploy_role_arn" {
  description = "Role of a job on GitHub that deploys; null where there is none."
  value       = one(aws_iam_role.deploy[*].arn)
}

output "watch_role_arn" {
  description = "Role of a job on GitHub that writes the weekly report; null where there is none."
  value       = one(aws_iam_role.watch[*].arn)
}
