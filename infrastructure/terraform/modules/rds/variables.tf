variable "name" {
  description = "Name of the instance."
  type        = string
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets, in at least two zones."
  type        = list(string)
}

variable "dual_stack" {
  description = "Whether the instance answers over IPv6 as well. Its subnets must speak it. Changes are then applied at once, not in the maintenance window."
  type        = bool
  default     = false
}

variable "engine_version" {
  description = "PostgreSQL version; a major version alone follows its minor upgrades. Stay in standard support: extended support costs several times what a small instance does. 17 is supported until 2030."
  type        = string
  default     = "17"

  validation {
    condition     = can(regex("^1[5-8](\\.[0-9]+)?$", var.engine_version))
    error_message = "Use PostgreSQL 15 to 18: older versions are, or soon will be, in extended support."
  }
}

variable "instance_class" {
  description = "Instance class."
  type        = string
  default     = "db.t4g.micro"

  validation {
    condition     = can(regex("^db\\.[a-z][a-z0-9]+\\.[a-z0-9]+$", var.instance_class))
    error_message = "An instance class looks like db.t4g.micro."
  }
}

variable "storage_gb" {
  description = "Disk in GB. The smallest gp3 disk is 20."
  type        = number
  default     = 20

  validation {
    condition     = var.storage_gb >= 20 && var.storage_gb <= 65536 && floor(var.storage_gb) == var.storage_gb
    error_message = "The disk must be a whole number of GB from 20 to 65536."
  }
}

variable "max_storage_gb" {
  description = "GB up to which RDS enlarges the disk when less than a tenth of it is free; null leaves the disk as it is. It costs nothing until the disk grows, and a disk that has grown never shrinks."
  type        = number
  default     = null

  validation {
    condition     = var.max_storage_gb == null ? true : var.max_storage_gb >= 1.1 * var.storage_gb && var.max_storage_gb <= 65536 && floor(var.max_storage_gb) == var.max_storage_gb
    error_message = "The limit must be a whole number of GB up to 65536, and at least 10 % above the disk."
  }
}

variable "multi_az" {
  description = "Whether a standby waits in another zone. It doubles the price of the instance and its disk."
  type        = bool
  default     = false
}

variable "backup_days" {
  description = "Days of point-in-time recovery."
  type        = number
  default     = 7

  validation {
    condition     = var.backup_days >= 1 && var.backup_days <= 35
    error_message = "Keep backups for 1 to 35 days."
  }
}

variable "deletion_protection" {
  description = "Whether the instance refuses to be deleted."
  type        = bool
  default     = true
}
