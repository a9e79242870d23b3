# Only the containers are declared. A value set from here would be readable in the state and in every plan,
# so an operator puts them in, before the first deploy: a task whose secret is empty does not start.
resource "aws_secretsmanager_secret" "jwt" {
  name                    = "${var.name}/jwt-signing-keys"
  description             = "Keys that sign access tokens, comma-separated, the newest first"
  recovery_window_in_days = var.recovery_days
}

resource "aws_secretsmanager_secret" "push" {
  name                    = "${var.name}/push-credentials"
  description             = "Credentials of the push notification services"
  recovery_window_in_days = var.recovery_days
}
