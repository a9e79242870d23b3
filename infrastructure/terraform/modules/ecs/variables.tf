variable "name" {
  description = "Name of the cluster, and prefix of the other names."
  type        = string
}

variable "service_name" {
  description = "Name of the service."
  type        = string
}

variable "region" {
  description = "Region of the logs."
  type        = string
}

# Where the tasks run, and whom they meet there

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets of the tasks: private ones, unless the tasks have public addresses, or none but IPv6."
  type        = list(string)
}

variable "egress" {
  description = "Way of the tasks to the internet: a NAT (nat_instance, nat_gateway), public addresses of their own (task_addresses), or IPv6 alone (ipv6_only)."
  type        = string
  default     = "nat_instance"

  validation {
    condition     = contains(["nat_instance", "nat_gateway", "task_addresses", "ipv6_only"], var.egress)
    error_message = "Egress is nat_instance, nat_gateway, task_addresses or ipv6_only."
  }
}

variable "balancers" {
  description = "The balancers that lead to the tasks, by a name of their own: usually one, and two while the ingress changes. Tasks join the target group of each."
  type        = map(object({ security_group_id = string, target_group_arn = string }))
}

variable "database_security_group_id" {
  description = "Security group of the database."
  type        = string
}

variable "bus" {
  description = "What carries events between the tasks: a cache (cache_node, cache_serverless), or the database (postgresql)."
  type        = string
  default     = "cache_node"

  validation {
    condition     = contains(["cache_node", "cache_serverless", "postgresql"], var.bus)
    error_message = "The bus is cache_node, cache_serverless or postgresql."
  }
}

variable "cache_security_group_id" {
  description = "Security group of the cache, unless the database is the bus."
  type        = string
  default     = null

  validation {
    condition     = var.bus == "postgresql" || var.cache_security_group_id != null
    error_message = "Give the security group of the cache: the tasks could not reach it."
  }
}

# What a task is

variable "execution_role_arn" {
  description = "Role that starts a task of the service."
  type        = string
}

variable "migrate_execution_role_arn" {
  description = "Role that starts a migration."
  type        = string
}

variable "task_role_arn" {
  description = "Role of the service inside a task."
  type        = string
}

variable "repository_url" {
  description = "Repository of the image, by an address that the tasks can reach."
  type        = string
}

variable "image_digest" {
  description = "Digest of the image. A tag can come to mean another image, and then there is nothing to roll back to."
  type        = string

  validation {
    condition     = can(regex("^sha256:[0-9a-f]{64}$", var.image_digest))
    error_message = "Give the image by digest: sha256: and 64 lower-case hexadecimal digits."
  }
}

variable "task_cpu" {
  description = "CPU units of a task; 1024 are one vCPU."
  type        = number
}

variable "task_memory" {
  description = "Memory of a task in MiB. Fargate sells only certain pairs of CPU and memory."
  type        = number

  validation {
    condition = contains(lookup({
      "256"   = tolist([512, 1024, 2048])
      "512"   = range(1024, 4096 + 1, 1024)
      "1024"  = range(2048, 8192 + 1, 1024)
      "2048"  = range(4096, 16384 + 1, 1024)
      "4096"  = range(8192, 30720 + 1, 1024)
      "8192"  = range(16384, 61440 + 1, 4096)
      "16384" = range(32768, 122880 + 1, 8192)
    }, tostring(var.task_cpu), []), var.task_memory)
    error_message = "Fargate has no task of ${var.task_cpu} CPU units with ${var.task_memory} MiB."
  }
}

variable "cpu_architecture" {
  description = "X86_64 or ARM64. The image must be built for it."
  type        = string
  default     = "X86_64"

  validation {
    condition     = contains(["X86_64", "ARM64"], var.cpu_architecture)
    error_message = "The architecture must be X86_64 or ARM64."
  }
}

variable "port" {
  description = "Port of the service."
  type        = number
  default     = 3001

  validation {
    condition     = var.port >= 1 && var.port <= 65535
    error_message = "The port must be between 1 and 65535."
  }
}

variable "environment" {
  description = "Environment variables beyond those that this module sets."
  type        = map(string)
  default     = {}
}

variable "secrets" {
  description = "Environment variables whose values are secrets, each with the ARN that it is read from."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for source in values(var.secrets) : startswith(source, "arn:")])
    error_message = "Each secret must be given by its ARN, never by its value."
  }
}

variable "migrate_environment" {
  description = "Environment variables of a migration."
  type        = map(string)
}

variable "migrate_secrets" {
  description = "Environment variables of a migration whose values are secrets, each with the ARN that it is read from."
  type        = map(string)

  validation {
    condition     = alltrue([for source in values(var.migrate_secrets) : startswith(source, "arn:")])
    error_message = "Each secret must be given by its ARN, never by its value."
  }
}

variable "needed_secrets" {
  description = "Secrets whose values must be there before a migration: the name, the store, and how a value is made."
  type        = list(object({ name = string, store = string, kind = string }))
  default     = []
}

variable "uploads" {
  description = "Way of an upload: through the service (api), or straight to the bucket (presigned)."
  type        = string

  validation {
    condition     = contains(["api", "presigned"], var.uploads)
    error_message = "Uploads go by api or presigned."
  }
}

variable "keep_alive_seconds" {
  description = "Seconds for which the service keeps an idle connection open."
  type        = number
}

variable "database_pool" {
  description = "Database connections of one task."
  type        = number
}

variable "drain_seconds" {
  description = "Seconds that the service takes to send its clients elsewhere before it stops."
  type        = number
  default     = 25

  validation {
    condition     = var.drain_seconds >= 1 && var.drain_seconds <= 110
    error_message = "Draining must end before the task is killed 120 s after the signal: 1 to 110."
  }
}

variable "log_retention_days" {
  description = "Days for which logs are kept."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365], var.log_retention_days)
    error_message = "CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180 or 365 days."
  }
}

# How many tasks there are, and of which kind

variable "fargate_base" {
  description = "Tasks that are always on demand, before the weights count."
  type        = number

  validation {
    condition     = var.fargate_base >= 0 && var.fargate_base <= 100000 && floor(var.fargate_base) == var.fargate_base
    error_message = "The base must be a whole number from 0 to 100000."
  }
}

variable "fargate_weight" {
  description = "Share of on-demand tasks after the base."
  type        = number

  validation {
    condition     = var.fargate_weight >= 0 && var.fargate_weight <= 1000 && floor(var.fargate_weight) == var.fargate_weight
    error_message = "A weight must be a whole number from 0 to 1000."
  }
}

variable "fargate_spot_weight" {
  description = "Share of Spot tasks after the base."
  type        = number

  validation {
    condition     = var.fargate_spot_weight >= 0 && var.fargate_spot_weight <= 1000 && floor(var.fargate_spot_weight) == var.fargate_spot_weight
    error_message = "A weight must be a whole number from 0 to 1000."
  }

  validation {
    condition     = var.fargate_weight + var.fargate_spot_weight > 0
    error_message = "One weight must be above 0: ECS places no task by a strategy of zero weights, whatever its base."
  }
}

variable "desired_count" {
  description = "Tasks that the service is created with. Afterwards autoscaling decides."
  type        = number
}

variable "min_capacity" {
  description = "Fewest tasks that autoscaling leaves running."
  type        = number
}

variable "max_capacity" {
  description = "Most tasks that autoscaling starts."
  type        = number

  validation {
    condition     = 0 <= var.min_capacity && var.min_capacity <= var.desired_count && var.desired_count <= var.max_capacity
    error_message = "The counts must be in order: 0 <= min_capacity <= desired_count <= max_capacity."
  }
}

variable "stage" {
  description = "production, or development: one that may stand still at night."
  type        = string
  default     = "production"

  validation {
    condition     = contains(["production", "development"], var.stage)
    error_message = "The stage is production or development."
  }
}

variable "night_off" {
  description = "Whether no task runs from 22:00 to 07:00."
  type        = bool
  default     = false

  validation {
    condition     = !var.night_off || var.stage == "development"
    error_message = "Only a development environment may stand still at night."
  }
}

variable "time_zone" {
  description = "Time zone of the nights."
  type        = string
  default     = "Asia/Seoul"

  validation {
    condition     = can(regex("^[A-Z][A-Za-z]+(/[A-Z][A-Za-z_-]+)*$", var.time_zone))
    error_message = "A time zone looks like Asia/Seoul, or UTC."
  }
}

variable "cpu_target" {
  description = "Percentage of CPU that autoscaling steers to."
  type        = number
  default     = 70

  validation {
    condition     = var.cpu_target > 0 && var.cpu_target < 100
    error_message = "The target must be between 0 and 100 percent."
  }
}

variable "memory_target" {
  description = "Percentage of memory that autoscaling steers to."
  type        = number
  default     = 80

  validation {
    condition     = var.memory_target > 0 && var.memory_target < 100
    error_message = "The target must be between 0 and 100 percent."
  }
}
