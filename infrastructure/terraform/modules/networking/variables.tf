variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "region" {
  description = "Region, for the endpoint's service name and the NAT instance's commands."
  type        = string
}

variable "zones" {
  description = "Availability zones; each gets one public and one private subnet, and with ipv6_only one for the tasks."
  type        = list(string)

  validation {
    condition     = length(var.zones) >= 2 && length(var.zones) <= 8 && length(distinct(var.zones)) == length(var.zones)
    error_message = "Give two to eight different zones: the balancer needs at least two."
  }
}

variable "cidr" {
  description = "Address block of the VPC. The lower half is public, the upper half private."
  type        = string
  default     = "10.0.0.0/16"

  validation {
    condition     = can(cidrsubnet(var.cidr, 4, 0)) && try(tonumber(split("/", var.cidr)[1]), 0) >= 16 && try(tonumber(split("/", var.cidr)[1]), 33) <= 24
    error_message = "The block must be a CIDR between /16 and /24."
  }
}

variable "egress" {
  description = "Way out of the private subnets: a NAT instance (nat_instance), a NAT gateway (nat_gateway), or none (task_addresses). With ipv6_only every subnet speaks IPv6, and the tasks have subnets of their own that speak nothing else."
  type        = string
  default     = "nat_instance"

  validation {
    condition     = contains(["nat_instance", "nat_gateway", "task_addresses", "ipv6_only"], var.egress)
    error_message = "Egress is nat_instance, nat_gateway, task_addresses or ipv6_only."
  }
}

variable "nat_instance_type" {
  description = "Instance type of the NAT instance: a burstable ARM type, as the image and the credit setting expect."
  type        = string
  default     = "t4g.nano"

  validation {
    condition     = can(regex("^t4g\\.(nano|micro|small|medium|large|xlarge|2xlarge)$", var.nat_instance_type))
    error_message = "The NAT instance must be a t4g type, such as t4g.nano."
  }
}

variable "nat_disk_gb" {
  description = "Root disk of the NAT instance in GB. The image does not fit on less than 8."
  type        = number
  default     = 8

  validation {
    condition     = var.nat_disk_gb >= 8 && var.nat_disk_gb <= 100 && floor(var.nat_disk_gb) == var.nat_disk_gb
    error_message = "The disk must be a whole number of GB from 8 to 100."
  }
}
