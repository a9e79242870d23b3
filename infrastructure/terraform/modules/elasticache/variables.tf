variable "name" {
  description = "Prefix of the names. A cache allows 40 characters."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,28}$", var.name))
    error_message = "Use at most 29 lower-case letters, digits and hyphens."
  }
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets."
  type        = list(string)
}

variable "bus" {
  description = "What carries the events: a node (cache_node), a cache billed by use (cache_serverless), or no cache at all (postgresql)."
  type        = string
  default     = "cache_node"

  validation {
    condition     = contains(["cache_node", "cache_serverless", "postgresql"], var.bus)
    error_message = "The bus is cache_node, cache_serverless or postgresql."
  }
}

variable "dual_stack" {
  description = "Whether the cache answers over IPv6 as well. Its subnets must speak it. It cannot be changed after a cache is made, so a new cache is made before the old one goes."
  type        = bool
  default     = false
}

variable "engine" {
  description = "redis or valkey. Valkey speaks the same protocol at a lower price."
  type        = string
  default     = "redis"

  validation {
    condition     = contains(["redis", "valkey"], var.engine)
    error_message = "The engine must be redis or valkey."
  }
}

variable "node_type" {
  description = "Node type, if there is a node."
  type        = string
  default     = "cache.t4g.micro"

  validation {
    condition     = can(regex("^cache\\.[a-z][a-z0-9]+\\.[a-z0-9]+$", var.node_type))
    error_message = "A node type looks like cache.t4g.micro."
  }
}
