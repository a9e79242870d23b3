output "url" {
  description = "Where files are read."
  value       = "https://${var.domain_name}"
}

output "key_id" {
  description = "Id of the public key, which stands in each address."
  value       = aws_cloudfront_public_key.this.id
}

output "distribution_arn" {
  description = "The distribution, to be let into the bucket."
  value       = aws_cloudfront_distribution.this.arn
}
