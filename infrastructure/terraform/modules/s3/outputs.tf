output "bucket_name" {
  description = "Bucket of the uploads."
  value       = aws_s3_bucket.this.id
}

output "bucket_arn" {
  description = "The bucket itself."
  value       = aws_s3_bucket.this.arn
}

output "object_arns" {
  description = "Everything that the service may touch in the bucket."
  value       = [for prefix in values(local.prefixes) : "${aws_s3_bucket.this.arn}/${prefix}*"]
}
