variable "project" {
  type    = string
  default = "storefront"
}

variable "environment" {
  type    = string
  default = "production"
}

variable "region" {
  type    = string
  default = "us-east-1"
}

variable "zones" {
  type    = list(string)
  default = ["us-east-1a", "us-east-1b"]
}

variable "vpc_cidr" {
  type    = string
  default = "10.20.0.0/16"
}

variable "office_cidrs" {
  type    = list(string)
  default = ["203.0.113.0/24"]
}

variable "certificate_arn" {
  type    = string
  default = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"
}

variable "web_instance_type" {
  type    = string
  default = "t3.medium"
}

variable "database_instance_class" {
  type    = string
  default = "db.m5.large"
}

variable "database_password" {
  type      = string
  sensitive = true
}

variable "alarm_email" {
  type    = string
  default = "operations@example.com"
}
