variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "recovery_days" {
  description = "Days during which a deleted secret can be brought back."
  type        = number
  default     = 7

  validation {
    condition     = var.recovery_days >= 7 && var.recovery_days <= 30
    error_message = "The recovery window must be 7 to 30 days."
  }
}
