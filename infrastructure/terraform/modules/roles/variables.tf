variable "name" {
  description = "Prefix of every name."
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
  description = "Secrets that a task is started with."
  type        = list(string)
}

variable "parameter_arns" {
  description = "Parameters that a task is started with."
  type        = list(string)
  default     = []
}

variable "bucket_arn" {
  description = "Bucket of the objects."
  type        = string
}

variable "object_arns" {
  description = "Objects that the service reads, writes and deletes."
  type        = list(string)
}
