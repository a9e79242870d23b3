variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "cluster_name" {
  description = "Cluster of the tasks."
  type        = string
}

variable "service_name" {
  description = "Service of the tasks."
  type        = string
}

variable "balancers" {
  description = "Names in metrics of the balancers and their target groups, and a prefix for their alarms; first the one that the domain name leads to."
  type        = list(object({ name = string, balancer = string, target_group = string }))
}

variable "database_identifier" {
  description = "Name of the database instance in metrics."
  type        = string
}

variable "database_class" {
  description = "Instance class of the database. A burstable one, db.t..., has alarms on its CPU credits."
  type        = string
}

variable "database_storage_gb" {
  description = "Disk of the database in GB, before RDS enlarges it."
  type        = number
}

variable "database_grows" {
  description = "Whether RDS enlarges the disk."
  type        = bool
}

variable "egress" {
  description = "Way of the tasks to the internet; a NAT has an alarm."
  type        = string
}

variable "nat" {
  description = "Auto Scaling group of the NAT instance, or ID of the NAT gateway."
  type        = object({ group = optional(string), gateway = optional(string) })
  default     = {}
}

variable "min_capacity" {
  description = "Tasks below which an alarm is raised: the minimum of autoscaling. The plan document has 2, with a minimum of 1 that would keep the alarm red all night."
  type        = number
}

variable "night_off" {
  description = "Whether no task runs at night, so that none is no reason for an alarm."
  type        = bool
  default     = false
}

variable "alarm_email" {
  description = "Address that gets the alarms and the budget's messages. AWS sends it one mail, whose link must be followed before it gets any other."
  type        = string

  validation {
    condition     = can(regex("^[^@[:space:]]+@[^@[:space:]]+\\.[^@[:space:]]+$", var.alarm_email))
    error_message = "Give one e-mail address: an alarm that nobody hears is none."
  }
}

variable "cpu_threshold" {
  description = "Percentage of CPU, over ten minutes. The plan document has 70, which is the scaling target itself and so would fire at each scale-out."
  type        = number
  default     = 85

  validation {
    condition     = var.cpu_threshold > 0 && var.cpu_threshold < 100
    error_message = "The threshold must be between 0 and 100 percent."
  }
}

variable "memory_threshold" {
  description = "Percentage of memory, over ten minutes. The plan document has 80, which is the scaling target itself."
  type        = number
  default     = 90

  validation {
    condition     = var.memory_threshold > 0 && var.memory_threshold < 100
    error_message = "The threshold must be between 0 and 100 percent."
  }
}

variable "errors_threshold" {
  description = "Server errors in five minutes, above which an alarm is raised. The plan document has 10."
  type        = number
  default     = 10

  validation {
    condition     = var.errors_threshold >= 0
    error_message = "The threshold cannot be negative."
  }
}

variable "database_max_connections" {
  description = "What SHOW max_connections answers. A db.t4g.micro has been seen with 75 to 90; 79 is the figure to plan with."
  type        = number
  default     = 79
}

variable "database_reserved_connections" {
  description = "Connections that PostgreSQL and RDS keep for themselves."
  type        = number
  default     = 5

  validation {
    condition     = var.database_reserved_connections >= 0 && var.database_reserved_connections < var.database_max_connections
    error_message = "The reserved connections must leave some of database_max_connections."
  }
}

variable "database_connections_threshold" {
  description = "Database connections above which an alarm is raised. Null: 80 % of those that the service may use, 59 on a db.t4g.micro. The plan document has 45."
  type        = number
  default     = null
}

variable "monthly_budget_usd" {
  description = "Monthly budget of the whole account in USD, announced at 80 % and at 100 %."
  type        = number

  validation {
    condition     = var.monthly_budget_usd > 0
    error_message = "The budget must be above 0."
  }
}
