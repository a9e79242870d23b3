output "jwt_arn" {
  description = "Secret or parameter of the keys that sign tokens; null where there are none."
  value = (
    !var.shared_secret ? null :
    var.store == "parameter_store" ? "${local.parameters}${local.jwt_parameter}" :
    aws_secretsmanager_secret.jwt[0].arn
  )
}

output "database_arn" {
  description = "Parameter of the password that the service logs in to the database with."
  value       = "${local.parameters}${local.database_parameter}"
}

output "downloads_arn" {
  description = "Parameter of the key that signs addresses for CloudFront; null where nothing does."
  value       = var.downloads == "cloudfront" ? "${local.parameters}${local.downloads_parameter}" : null
}

output "secret_arns" {
  description = "Secrets of Secrets Manager that a task of the service is started with."
  value       = aws_secretsmanager_secret.jwt[*].arn
}

output "parameter_arns" {
  description = "Parameters that a task of the service is started with."
  value = concat(
    var.store == "parameter_store" && var.shared_secret ? ["${local.parameters}${local.jwt_parameter}"] : [],
    ["${local.parameters}${local.database_parameter}"],
    var.downloads == "cloudfront" ? ["${local.parameters}${local.downloads_parameter}"] : [],
  )
}

output "needed" {
  description = "Each value that `glimpse deploy` puts in: its name, its store, and how it is made. A person gives an rsa_key."
  value = concat(
    [for secret in aws_secretsmanager_secret.jwt : { name = secret.name, store = "secrets_manager", kind = "random" }],
    var.store == "parameter_store" && var.shared_secret ? [{ name = local.jwt_parameter, store = "parameter_store", kind = "random" }] : [],
    [{ name = local.database_parameter, store = "parameter_store", kind = "random" }],
    var.downloads == "cloudfront" ? [{ name = local.downloads_parameter, store = "parameter_store", kind = "rsa_key" }] : [],
  )
}
