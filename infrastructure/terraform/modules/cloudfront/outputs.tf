output "alias" {
  description = "Name and zone of the distribution, for the records that lead to it."
  value = {
    domain_name = aws_cloudfront_distribution.this.domain_name
    zone_id     = aws_cloudfront_distribution.this.hosted_zone_id
  }
}
