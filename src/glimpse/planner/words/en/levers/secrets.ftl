### Levers on secrets.

lever_parameters = Parameter Store instead of Secrets Manager
how_parameters = replace the secret and its version by an aws_ssm_parameter with type = "SecureString" (standard tier, free, at most 4 KB), copy the value before the secret is deleted, and give the readers the new ARN and the permission ssm:GetParameters instead of secretsmanager:GetSecretValue
loses_parameters = no secret rotation, a move by hand
risk_parameters = no rotation and no copies in other regions; the values must be moved by hand before the deploy. The secret that RDS manages stays a secret

promise_secrets_manager = Secrets Manager's rotation and copies
