resource "aws_route53_zone" "this" {
  name = var.domain_name
}

# Certificates cost nothing, so there is one for each way in that the environment may choose later: a certificate that
# is issued renews itself, and the choice then waits for none.
resource "aws_acm_certificate" "this" {
  domain_name       = var.domain_name
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

# CloudFront takes certificates from this region alone.
resource "aws_acm_certificate" "cloudfront" {
  region            = "us-east-1"
  domain_name       = var.domain_name
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_acm_certificate" "files" {
  region            = "us-east-1"
  domain_name       = "files.${var.domain_name}"
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

# ACM asks for the same record of a name in every region, so two records prove three certificates. Nothing waits for
# the proof here: it comes when the parent domain names the servers of this zone.
# One name a certificate, so exactly one option. A for_each over the options would have keys that only an apply knows.
locals {
  validation       = one(aws_acm_certificate.this.domain_validation_options)
  files_validation = one(aws_acm_certificate.files.domain_validation_options)
}

resource "aws_route53_record" "validation" {
  zone_id         = aws_route53_zone.this.zone_id
  name            = local.validation.resource_record_name
  type            = local.validation.resource_record_type
  records         = [local.validation.resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_route53_record" "files_validation" {
  zone_id         = aws_route53_zone.this.zone_id
  name            = local.files_validation.resource_record_name
  type            = local.files_validation.resource_record_type
  records         = [local.files_validation.resource_record_value]
  ttl             = 300
  allow_overwrite = true
}
