variable "name" {
  description = "Name of the environment and prefix of every name, the same as in the environment. Two environments of one account differ in it."
  type        = string
  default     = "glimpse-prod"

  # The limits of the environment, which has the longer names.
  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9])+$", var.name)) && length(var.name) <= 20 && !can(regex("^(aws|ssm|amzn|sthree|internal(-|$)|default$)", var.name))
    error_message = "Use 2 to 20 lower-case letters, digits and single hyphens, a letter first; AWS refuses default, internal, internal-... and names that begin with aws, ssm, amzn or sthree."
  }
}

variable "region" {
  description = "Region of the environment."
  type        = string
  default     = "ap-northeast-2"

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "A region looks like ap-northeast-2."
  }
}

variable "domain_name" {
  description = "Name that clients connect to. It becomes a public zone of its own, to be delegated from the parent domain."
  type        = string
  default     = "chat.example.com"
}

variable "github_repository" {
  description = "Repository on GitHub whose workflows may deploy and watch, as owner/name. Empty: none, and no role is made."
  type        = string
  default     = ""

  # No character that a policy reads as a wildcard.
  validation {
    condition     = can(regex("^([A-Za-z0-9-]+/[A-Za-z0-9._-]+)?$", var.github_repository))
    error_message = "A repository looks like owner/name."
  }
}

variable "github_environment" {
  description = "Environment of that repository whose jobs may deploy. Give it reviewers: they decide who deploys."
  type        = string
  default     = "production"

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]+$", var.github_environment))
    error_message = "Use letters, digits, dots, hyphens and underscores."
  }
}

variable "create_oidc_provider" {
  description = "Whether to make GitHub known to the account. An account has one such provider: set this to false where it is there already, as for a second environment. The environment that made it deletes it at its teardown; then no other environment deploys from GitHub."
  type        = bool
  default     = true
}
