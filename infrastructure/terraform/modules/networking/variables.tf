variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "region" {
  description = "Region, for the endpoint's service name and the NAT instance's commands."
  type        = string
}

variable "boundary_arn" {
  description = "Policy with the most that the role of the NAT instance may do."
  type        = string
}

variable "zones" {
  description = "IDs of availability zones, such as apne2-az3; each gets one public and one private subnet, and with ipv6_only one for the tasks. An ID means the same zone in every account, a name such as ap-northeast-2a does not."
  type        = list(string)

  validation {
    condition     = length(var.zones) >= 2 && length(var.zones) <= 8 && length(distinct(var.zones)) == length(var.zones)
    error_message = "Give two to eight different zones: the balancer needs at least two."
  }

  validation {
    condition     = alltrue([for zone in var.zones : can(regex("^[a-z]+[0-9]-az[0-9]+$", zone))])
    error_message = "Give IDs of zones, such as apne2-az3: aws ec2 describe-availability-zones shows them as ZoneId."
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

variable "nat_image_of" {
  description = "Day on which the image of the NAT instance is chosen, such as 2026-11-29. When this changes, the newest image of Amazon Linux is taken and replaces the instance; until then the image stays, whatever Amazon publishes."
  type        = string
  default     = "2026-11-29"

  validation {
    condition     = can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", var.nat_image_of))
    error_message = "A day looks like 2026-11-29."
  }
}

variable "tags" {
  description = "Tags of the NAT instance and its disk, which the provider's default_tags do not reach: an Auto Scaling group makes them."
  type        = map(string)
  default     = {}
}
