variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "account_id" {
  description = "Account whose tasks may have the roles."
  type        = string
}

variable "boundary_arn" {
  description = "Policy with the most that each role may do."
  type        = string
}

variable "repository_arn" {
  description = "Repository of the image."
  type        = string
}

variable "log_group_arn" {
  description = "Log group of the tasks."
  type        = string
}

variable "secret_arns" {
  description = "Secrets that a task of the service is started with."
  type        = list(string)
}

variable "parameter_arns" {
  description = "Parameters that a task of the service is started with."
  type        = list(string)
}

variable "owner_secret_arn" {
  description = "Secret of the database's owner, which only a migration is started with."
  type        = string
}

variable "database_parameter_arn" {
  description = "Parameter of the password that a migration gives to the service's role in the database."
  type        = string
}

variable "bucket_arn" {
  description = "Bucket of the objects."
  type        = string
}

variable "object_arns" {
  description = "Objects that the service reads, writes and deletes."
  type        = list(string)
}
