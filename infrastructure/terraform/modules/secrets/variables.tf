variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "region" {
  description = "Region of the parameters."
  type        = string
}

variable "account_id" {
  description = "Account of the parameters."
  type        = string
}

variable "store" {
  description = "Where the signing keys are kept: secrets_manager, or parameter_store, which is free and brings nothing deleted back."
  type        = string
  default     = "secrets_manager"

  validation {
    condition     = contains(["secrets_manager", "parameter_store"], var.store)
    error_message = "Secrets are kept in secrets_manager or parameter_store."
  }
}

variable "shared_secret" {
  description = "Whether there is a secret that signs tokens; not needed where another issuer signs all of them."
  type        = bool
  default     = true
}

variable "downloads" {
  description = "bucket, or cloudfront, for which addresses are signed with a key."
  type        = string
  default     = "bucket"
}

variable "recovery_days" {
  description = "Days during which a deleted secret can be brought back. Parameters are gone at once."
  type        = number
  default     = 7

  validation {
    condition     = var.recovery_days >= 7 && var.recovery_days <= 30
    error_message = "The recovery window must be 7 to 30 days."
  }
}
