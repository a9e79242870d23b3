variable "domain_name" {
  description = "Name of the public zone and of the certificate, such as chat.example.com."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$", var.domain_name))
    error_message = "Give a lower-case host name without scheme, path or final dot."
  }
}
