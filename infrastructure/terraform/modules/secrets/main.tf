# Only the containers are declared. A value set from here would be readable in the state and in every plan,
# so an operator puts them in, before the first deploy: a task whose secret is empty does not start.
resource "aws_secretsmanager_secret" "jwt" {
  count = var.store == "secrets_manager" && var.shared_secret ? 1 : 0

  name                    = "${var.name}/jwt-signing-keys"
  description             = local.jwt_description
  recovery_window_in_days = var.recovery_days
}

resource "aws_secretsmanager_secret" "push" {
  count = var.store == "secrets_manager" ? 1 : 0

  name                    = "${var.name}/push-credentials"
  description             = local.push_description
  recovery_window_in_days = var.recovery_days
}

# A parameter cannot be empty, so each starts with a placeholder. The operator's value is never written back:
# an apply would otherwise replace the keys of a running service. (The state does get to see it on a refresh.)
# Encrypted with the key that AWS manages for parameters, which every role that may read a parameter may use.
resource "aws_ssm_parameter" "jwt" {
  count = var.store == "parameter_store" && var.shared_secret ? 1 : 0

  name        = "/${var.name}/jwt-signing-keys"
  description = local.jwt_description
  type        = "SecureString"
  tier        = "Standard"
  value       = local.placeholder

  lifecycle {
    ignore_changes = [value]
  }
}

resource "aws_ssm_parameter" "push" {
  count = var.store == "parameter_store" ? 1 : 0

  name        = "/${var.name}/push-credentials"
  description = local.push_description
  type        = "SecureString"
  tier        = "Standard"
  value       = local.placeholder

  lifecycle {
    ignore_changes = [value]
  }
}

# A parameter wherever the others are kept: it costs nothing, and what it opens are files, not accounts.
resource "aws_ssm_parameter" "downloads" {
  count = var.downloads == "cloudfront" ? 1 : 0

  name        = "/${var.name}/downloads-signing-key"
  description = local.downloads_description
  type        = "SecureString"
  tier        = "Standard"
  value       = local.placeholder

  lifecycle {
    ignore_changes = [value]
  }
}

locals {
  jwt_description       = "Keys that sign access tokens, comma-separated, the newest first"
  push_description      = "Credentials of the push notification services"
  downloads_description = "Private key that signs addresses for CloudFront, RSA 2048 in PEM"
  placeholder           = "to be set by an operator"
}
