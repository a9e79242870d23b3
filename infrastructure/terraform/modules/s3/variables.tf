variable "name" {
  description = "Prefix of the bucket's name."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{0,27}$", var.name))
    error_message = "Use at most 28 lower-case letters, digits and hyphens: AWS adds 26 characters to \"NAME-uploads-\" and allows 63."
  }
}

variable "allowed_origins" {
  description = "Web origins whose pages may upload and download, such as https://chat.example.com."
  type        = list(string)

  validation {
    condition     = length(var.allowed_origins) > 0 && alltrue([for origin in var.allowed_origins : can(regex("^https?://[^/*]+$", origin))])
    error_message = "Each origin must be a scheme and a host without path or wildcard."
  }
}

variable "distribution_arns" {
  description = "CloudFront distributions that may read what was checked."
  type        = list(string)
  default     = []
}
