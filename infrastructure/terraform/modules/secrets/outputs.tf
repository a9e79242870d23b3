output "jwt_secret_arn" {
  description = "Secret or parameter of the token signing keys; null where there are none."
  value       = one(concat(aws_secretsmanager_secret.jwt[*].arn, aws_ssm_parameter.jwt[*].arn))
}

output "push_secret_arn" {
  description = "Secret or parameter of the push credentials."
  value       = one(concat(aws_secretsmanager_secret.push[*].arn, aws_ssm_parameter.push[*].arn))
}

output "downloads_parameter_arn" {
  description = "Parameter of the key that signs addresses for CloudFront; null where nothing does."
  value       = one(aws_ssm_parameter.downloads[*].arn)
}
