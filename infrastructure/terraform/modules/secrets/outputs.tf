output "jwt_secret_arn" {
  description = "Secret of the token signing keys."
  value       = aws_secretsmanager_secret.jwt.arn
}

output "push_secret_arn" {
  description = "Secret of the push credentials."
  value       = aws_secretsmanager_secret.push.arn
}
