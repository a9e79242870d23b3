output "repository_url" {
  description = "Address to push images to."
  value       = aws_ecr_repository.this.repository_url
}

output "dual_stack_url" {
  description = "The same repository for those who have no IPv4."
  value       = "${aws_ecr_repository.this.registry_id}.dkr-ecr.${var.region}.on.aws/${aws_ecr_repository.this.name}"
}

output "repository_arn" {
  description = "The repository."
  value       = aws_ecr_repository.this.arn
}
