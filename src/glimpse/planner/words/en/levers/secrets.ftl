### Levers on secrets.

lever_parameters = Parameter Store instead of Secrets Manager
how_parameters = replace the secret and its version by an aws_ssm_parameter with type = "SecureString" (standard tier, free, at most 4 KB), copy the value before the secret is deleted, and give whoever reads it the new ARN and the permission ssm:GetParameters instead of secretsmanager:GetSecretValue
risk_parameters = no rotation and no copies in other regions; the values must be moved by hand before the deploy. The one RDS keeps stays a secret

promise_secrets_manager = Secrets Manager's rotation and copies
