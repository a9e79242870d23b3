output "repository_url" {
  description = "Address to push images to."
  value       = aws_ecr_repository.this.repository_url
}
