variable "name" {
  description = "Prefix of every name. Balancers and target groups allow 32 characters."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9]([a-zA-Z0-9-]{0,22}[a-zA-Z0-9])?$", var.name))
    error_message = "Use at most 24 letters, digits and inner hyphens."
  }
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets in at least two zones: public ones, each of which costs one public IPv4, or private ones of an internal balancer."
  type        = list(string)
}

variable "internal" {
  description = "Whether the balancer has no public address and admits CloudFront alone. Otherwise it admits everybody."
  type        = bool
  default     = false
}

variable "dual_stack" {
  description = "Whether the balancer speaks IPv6, and to its tasks nothing else."
  type        = bool
  default     = false
}

variable "certificate_arn" {
  description = "Valid certificate for the domain name."
  type        = string
}

variable "port" {
  description = "Port of the tasks."
  type        = number
  default     = 3001

  validation {
    condition     = var.port >= 1 && var.port <= 65535
    error_message = "The port must be between 1 and 65535."
  }
}

variable "idle_timeout_seconds" {
  description = "Seconds without a byte before a connection is closed, on both sides of the balancer. Socket.IO pings every 25."
  type        = number
  default     = 60

  validation {
    condition     = var.idle_timeout_seconds > 25 && var.idle_timeout_seconds <= 4000
    error_message = "The idle timeout must be above the 25 s ping of Socket.IO and at most 4000 s."
  }
}

variable "deregistration_delay_seconds" {
  description = "Seconds in which a leaving task may finish its requests."
  type        = number
  default     = 30

  validation {
    condition     = var.deregistration_delay_seconds >= 0 && var.deregistration_delay_seconds <= 110
    error_message = "The delay must end well before the 120 s of a Spot notice: at most 110."
  }
}

variable "deletion_protection" {
  description = "Whether the balancer refuses to be deleted."
  type        = bool
  default     = true
}
