output "zone_id" {
  description = "The public zone."
  value       = aws_route53_zone.this.zone_id
}

output "name_servers" {
  description = "Enter these where the parent domain is registered. Until then ACM issues no certificate."
  value       = aws_route53_zone.this.name_servers
}

output "certificate_arns" {
  description = "The certificates: of the balancer, of CloudFront before it, and of CloudFront before the files."
  value       = [aws_acm_certificate.this.arn, aws_acm_certificate.cloudfront.arn, aws_acm_certificate.files.arn]
}
