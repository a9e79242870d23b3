variable "name" {
  description = "Name of the origin, and comment of the distribution."
  type        = string
}

variable "domain_name" {
  description = "Name that clients connect to."
  type        = string
}

variable "certificate_arn" {
  description = "Valid certificate for that name, of us-east-1."
  type        = string
}

variable "balancer_arn" {
  description = "The balancer, an internal one."
  type        = string
}

variable "balancer_dns_name" {
  description = "Host name of the balancer."
  type        = string
}
