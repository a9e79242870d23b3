variable "region" {
  type    = string
  default = "ap-northeast-2"
}

variable "service" {
  type    = string
  default = "booking"
}

variable "stage" {
  type    = string
  default = "prod"
}

variable "domain" {
  type    = string
  default = "book.example.com"
}

variable "certificate_arn" {
  description = "In us-east-1, as CloudFront asks."
  type        = string
  default     = "arn:aws:acm:us-east-1:123456789012:certificate/22222222-2222-2222-2222-222222222222"
}
