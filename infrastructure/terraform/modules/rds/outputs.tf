output "identifier" {
  description = "Name of the instance in metrics."
  value       = aws_db_instance.this.identifier
}

output "address" {
  description = "Host name."
  value       = aws_db_instance.this.address
}

output "database_name" {
  description = "Name of the database."
  value       = aws_db_instance.this.db_name
}

output "owner" {
  description = "Name of the user that owns the database."
  value       = aws_db_instance.this.username
}

output "owner_secret_arn" {
  description = "Secret that RDS keeps: a JSON object with username and password."
  value       = aws_db_instance.this.master_user_secret[0].secret_arn
}

output "security_group_id" {
  description = "Security group of the instance. Its clients add their own rules."
  value       = aws_security_group.this.id
}
