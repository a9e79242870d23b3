# Private authorities' prices are held for Virginia and Singapore.
provider "aws" {
  region = "us-east-1"
}

resource "aws_acm_certificate" "public" {
  domain_name       = "example.com"
  validation_method = "DNS"
}

resource "aws_acm_certificate" "exported" {
  domain_name               = "example.com"
  subject_alternative_names = ["*.example.com"]
  validation_method         = "DNS"

  options {
    export = "ENABLED"
  }
}

resource "aws_acmpca_certificate_authority" "root" {
  type = "ROOT"

  certificate_authority_configuration {
    key_algorithm     = "RSA_4096"
    signing_algorithm = "SHA512WITHRSA"
    subject {
      common_name = "example.com"
    }
  }

  revocation_configuration {
    ocsp_configuration {
      enabled = true
    }
  }
}

resource "aws_acmpca_certificate_authority" "pods" {
  type       = "SUBORDINATE"
  usage_mode = "SHORT_LIVED_CERTIFICATE"

  certificate_authority_configuration {
    key_algorithm     = "EC_prime256v1"
    signing_algorithm = "SHA256WITHECDSA"
    subject {
      common_name = "pods.example.com"
    }
  }
}

resource "aws_acm_certificate" "inside" {
  domain_name               = "inside.example.com"
  certificate_authority_arn = aws_acmpca_certificate_authority.root.arn
}
