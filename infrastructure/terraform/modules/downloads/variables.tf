variable "name" {
  description = "Name of what this makes."
  type        = string
}

variable "domain_name" {
  description = "Name under which files are read."
  type        = string
}

variable "zone_id" {
  description = "Public zone of that name."
  type        = string
}

variable "certificate_arn" {
  description = "Valid certificate for that name, of us-east-1."
  type        = string
}

variable "bucket_name" {
  description = "Bucket of the files."
  type        = string
}

variable "region" {
  description = "Region of the bucket."
  type        = string
}

variable "public_key" {
  description = "Public half of the key that signs addresses, RSA 2048 in PEM."
  type        = string

  validation {
    condition     = startswith(var.public_key, "-----BEGIN PUBLIC KEY-----")
    error_message = "Give a public key in PEM: openssl rsa -in private.pem -pubout."
  }
}

variable "allowed_origins" {
  description = "Web origins whose pages may read files by a program."
  type        = list(string)
}
