output "zone_id" {
  description = "The public zone."
  value       = aws_route53_zone.this.zone_id
}

output "name_servers" {
  description = "Enter these where the parent domain is registered. Until then the certificate stays unvalidated and the apply waits for it."
  value       = aws_route53_zone.this.name_servers
}

output "validation_record_fqdn" {
  description = "Name of the record by which ACM knows that the domain is ours, in every region."
  value       = aws_route53_record.validation.fqdn
}

output "certificate_arn" {
  description = "The certificate, once it is valid."
  value       = aws_acm_certificate_validation.this.certificate_arn
}
