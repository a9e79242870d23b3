output "execution_role_arn" {
  description = "Role that starts a task of the service."
  value       = aws_iam_role.execution.arn

  # The first task needs the permissions, not only the role.
  depends_on = [aws_iam_role_policy.execution]
}

output "migrate_execution_role_arn" {
  description = "Role that starts a migration."
  value       = aws_iam_role.migrate_execution.arn

  depends_on = [aws_iam_role_policy.migrate_execution]
}

output "task_role_arn" {
  description = "Role of the service inside a task."
  value       = aws_iam_role.task.arn

  depends_on = [aws_iam_role_policy.task]
}
