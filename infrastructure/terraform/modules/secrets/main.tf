# Values never pass through Terraform: the state and every plan would show them. `glimpse deploy` puts a value where
# there is none. So parameters are no resources here (a refresh would read their values into the state), and tasks find
# them by their names. Secrets Manager keeps a secret apart from its value, so there the secret is declared.
resource "aws_secretsmanager_secret" "jwt" {
  count = var.store == "secrets_manager" && var.shared_secret ? 1 : 0

  name                    = "${var.name}/jwt-signing-keys"
  description             = "Keys that sign access tokens, comma-separated, the newest first"
  recovery_window_in_days = var.recovery_days
}

locals {
  parameters = "arn:aws:ssm:${var.region}:${var.account_id}:parameter"

  # Parameters are encrypted with the key that AWS manages for them, which every role that may read one may use. The
  # database's password and the key for files are parameters whatever the store: they cost nothing.
  jwt_parameter       = "/${var.name}/jwt-signing-keys"
  database_parameter  = "/${var.name}/database-password"
  downloads_parameter = "/${var.name}/downloads-signing-key"
}
