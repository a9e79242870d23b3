variable "environment" {
  type    = string
  default = "prod"

  validation {
    condition     = contains(["prod", "staging"], var.environment)
    error_message = "The environment is prod or staging."
  }
}

variable "zones" {
  type    = list(string)
  default = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
}

variable "kubernetes_version" {
  type    = string
  default = "1.32"
}

variable "certificate_arn" {
  type    = string
  default = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-1111-1111-1111-111111111111"
}

variable "services" {
  type    = list(string)
  default = ["api", "web", "worker", "billing"]
}

variable "operator_cidrs" {
  type    = list(string)
  default = ["198.51.100.0/24"]
}
