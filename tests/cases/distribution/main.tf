# CloudFront before an internal balancer (a VPC origin), before a bucket, and before something that is not here.
provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  count      = 2
  vpc_id     = aws_vpc.this.id
  cidr_block = cidrsubnet(aws_vpc.this.cidr_block, 8, count.index)
}

resource "aws_lb" "api" {
  internal = true
  subnets  = aws_subnet.private[*].id
}

resource "aws_cloudfront_vpc_origin" "api" {
  vpc_origin_endpoint_config {
    name                   = "api"
    arn                    = aws_lb.api.arn
    http_port              = 80
    https_port             = 443
    origin_protocol_policy = "https-only"
    origin_ssl_protocols {
      items    = ["TLSv1.2"]
      quantity = 1
    }
  }
}

resource "aws_acm_certificate" "api" {
  region            = "us-east-1"
  domain_name       = "chat.example.com"
  validation_method = "DNS"
}

resource "aws_cloudfront_distribution" "api" {
  enabled = true
  origin {
    origin_id   = "api"
    domain_name = aws_lb.api.dns_name
    vpc_origin_config {
      vpc_origin_id = aws_cloudfront_vpc_origin.api.id
    }
  }
}

resource "aws_s3_bucket" "files" {
  bucket = "files"
}

resource "aws_cloudfront_distribution" "files" {
  enabled = true
  origin {
    origin_id   = "files"
    domain_name = aws_s3_bucket.files.bucket_regional_domain_name
  }
}

resource "aws_cloudfront_distribution" "elsewhere" {
  enabled    = true
  web_acl_id = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/w/1"
  origin {
    origin_id   = "shop"
    domain_name = "shop.example.com"
  }
}

# For old clients, with whatever is charged beside requests and transfer.
resource "aws_cloudfront_distribution" "bank" {
  enabled = true
  origin {
    origin_id   = "bank"
    domain_name = "bank.example.com"
    origin_shield {
      enabled              = true
      origin_shield_region = "ap-northeast-2"
    }
  }
  default_cache_behavior {
    target_origin_id          = "bank"
    viewer_protocol_policy    = "https-only"
    allowed_methods           = ["GET", "HEAD"]
    cached_methods            = ["GET", "HEAD"]
    field_level_encryption_id = "E1"
    realtime_log_config_arn   = "arn:aws:cloudfront::123456789012:realtime-log-config/all"
  }
  viewer_certificate {
    acm_certificate_arn = aws_acm_certificate.api.arn
    ssl_support_method  = "vip"
  }
}

# A distribution on a flat-rate plan, which no argument shows.
resource "aws_cloudfront_distribution" "blog" {
  enabled = true
  origin {
    origin_id   = "blog"
    domain_name = "blog.example.com"
  }
}

resource "aws_cloudfront_function" "redirect" {
  name    = "redirect"
  runtime = "cloudfront-js-2.0"
  code    = "function handler(event) { return event.request; }"
}
