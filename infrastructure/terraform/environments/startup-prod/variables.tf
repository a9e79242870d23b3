# Most of these validations repeat one of a module. They stay: `glimpse plan` and `glimpse bill` check values by the
# validations of the root module alone, and without them would price a value that Terraform refuses.

variable "name" {
  description = "Name of the environment and prefix of every name, the same as in the bootstrap. Two environments of one account differ in it."
  type        = string
  default     = "glimpse-prod"

  # The shortest limit is that of balancers and target groups, 32 with what follows the prefix. Databases and caches
  # refuse capitals, a digit first, and two hyphens in a row.
  validation {
    condition     = can(regex("^[a-z](-?[a-z0-9])+$", var.name)) && length(var.name) <= 20 && !can(regex("^(aws|ssm|amzn|sthree|internal(-|$)|default$)", var.name))
    error_message = "Use 2 to 20 lower-case letters, digits and single hyphens, a letter first; AWS refuses default, internal, internal-... and names that begin with aws, ssm, amzn or sthree."
  }
}

variable "region" {
  description = "Region of everything."
  type        = string
  default     = "ap-northeast-2"

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "A region looks like ap-northeast-2."
  }
}

variable "zones" {
  description = "IDs of availability zones of the region, such as apne2-az3. An ID means the same zone in every account, a name such as ap-northeast-2a does not. They cannot be changed once the environment is there, so the default ones are such that the ingress can."
  type        = list(string)
  default     = ["apne2-az3", "apne2-az4"]

  # ap-northeast-2 is apne2: the words of a region by their first letters.
  validation {
    condition     = alltrue([for zone in var.zones : startswith(zone, "${replace(replace(replace(replace(replace(replace(replace(var.region, "gov", "g"), "north", "n"), "south", "s"), "east", "e"), "west", "w"), "central", "c"), "-", "")}-az")])
    error_message = "Every zone must lie in the region: for ap-northeast-2 the IDs are apne2-az1 to apne2-az4. aws ec2 describe-availability-zones shows them as ZoneId."
  }

  # From others' reports, not from AWS's own list: Seoul's apne2-az1 from aws-samples/amazon-bedrock-samples, issue 606
  # (June 2025), the other four from a pull request on VPC origins (July 2026).
  validation {
    condition     = var.ingress == "balancer" || length(setintersection(var.zones, ["apne1-az3", "apne2-az1", "cac1-az3", "use1-az3", "usw1-az2"])) == 0
    error_message = "CloudFront does not reach a balancer in the zones apne1-az3, apne2-az1, cac1-az3, use1-az3 and usw1-az2: choose others, or ingress = \"balancer\"."
  }
}

variable "environment" {
  description = "production, or development: one that nobody depends on."
  type        = string
  default     = "production"

  validation {
    condition     = contains(["production", "development"], var.environment)
    error_message = "The environment is production or development."
  }
}

variable "night_off" {
  description = "Whether no task runs from 22:00 to 07:00. Whoever connects at night is answered 503, so it is for development alone."
  type        = bool
  default     = false

  validation {
    condition     = !var.night_off || var.environment == "development"
    error_message = "Only a development environment may stand still at night."
  }
}

variable "time_zone" {
  description = "Time zone of the nights, such as Asia/Seoul."
  type        = string
  default     = "Asia/Seoul"

  validation {
    condition     = can(regex("^[A-Z][A-Za-z]+(/[A-Z][A-Za-z_-]+)*$", var.time_zone))
    error_message = "A time zone looks like Asia/Seoul, or UTC."
  }
}

variable "domain_name" {
  description = "Name that clients connect to. The bootstrap made its public zone and its certificates."
  type        = string
  default     = "chat.example.com"
}

variable "allowed_origins" {
  description = "Web origins whose pages may use the service and its bucket."
  type        = list(string)
  default     = ["https://chat.example.com"]
}

variable "deletion_protection" {
  description = "Whether the balancer and the database refuse to be deleted."
  type        = bool
  default     = true
}

variable "egress" {
  description = "Way of the tasks to the internet. nat_instance: one NAT instance for all. nat_gateway: one NAT gateway for all, paid by the hour and by the gigabyte; coming from nat_instance, first delete the default routes that the instance wrote. task_addresses: each task in a public subnet with an address of its own, open to the balancer alone. ipv6_only: the tasks have no IPv4 at all and leave by IPv6, a way that costs nothing; push services and other third parties without IPv6 are then out of reach, and the tasks move to a new target group: for one to three minutes new connections are answered 503. A cache is made anew, before the old one goes."
  type        = string
  default     = "nat_instance"

  validation {
    condition     = contains(["nat_instance", "nat_gateway", "task_addresses", "ipv6_only"], var.egress)
    error_message = "Egress is nat_instance, nat_gateway, task_addresses or ipv6_only."
  }
}

variable "ingress" {
  description = "Where clients come in. balancer: straight to the balancer, which has a public IPv4 in each zone. cloudfront: to CloudFront, which reaches a balancer inside the VPC that nobody else does. both: both ways answer, and the domain name leads to CloudFront. To change from one to the other without an outage, apply both, and the other one when the old sockets have moved. Without that step nobody gets in for about 15 minutes, and at its end the apply fails, as the old balancer is protected."
  type        = string
  default     = "balancer"

  validation {
    condition     = contains(["balancer", "both", "cloudfront"], var.ingress)
    error_message = "Ingress is balancer, both or cloudfront."
  }
}

variable "nat_instance_type" {
  description = "Instance type of the NAT instance, a t4g."
  type        = string
  default     = "t4g.nano"
}

variable "nat_disk_gb" {
  description = "Root disk of the NAT instance in GB, at least 8."
  type        = number
  default     = 8
}

variable "nat_image_of" {
  description = "Day on which the image of the NAT instance is chosen, such as 2026-11-29. When this changes, the newest image of Amazon Linux is taken and replaces the instance, and nothing goes out for two to three minutes; until then the image stays, whatever Amazon publishes."
  type        = string
  default     = "2026-11-29"
}

variable "image_digest" {
  description = "Digest of the image to run, sha256:..., given by the deploy."
  type        = string
}

variable "task_cpu" {
  description = "CPU units of a task; 1024 are one vCPU."
  type        = number
  default     = 256
}

variable "task_memory" {
  description = "Memory of a task in MiB, of those that Fargate sells with task_cpu."
  type        = number
  default     = 512
}

variable "cpu_architecture" {
  description = "X86_64 or ARM64. The image must be built for it."
  type        = string
  default     = "X86_64"
}

variable "fargate_base" {
  description = "Tasks that are always on demand, before the weights count. They are what remains while Spot has no capacity."
  type        = number
  default     = 1

  validation {
    condition     = var.fargate_base >= 0 && var.fargate_base <= 100000 && floor(var.fargate_base) == var.fargate_base
    error_message = "The base must be a whole number from 0 to 100000."
  }
}

variable "fargate_weight" {
  description = "Share of on-demand tasks after the base: a ratio to fargate_spot_weight, not a percentage."
  type        = number
  default     = 30

  validation {
    condition     = var.fargate_weight >= 0 && var.fargate_weight <= 1000 && floor(var.fargate_weight) == var.fargate_weight
    error_message = "A weight must be a whole number from 0 to 1000."
  }
}

variable "fargate_spot_weight" {
  description = "Share of Spot tasks after the base: a ratio to fargate_weight, not a percentage."
  type        = number
  default     = 70

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
  description = "Tasks that the service is created with. Afterwards autoscaling decides, and a change here does nothing."
  type        = number
  default     = 3

  validation {
    condition     = var.min_capacity <= var.desired_count && var.desired_count <= var.max_capacity
    error_message = "The counts must be in order: min_capacity <= desired_count <= max_capacity."
  }
}

variable "min_capacity" {
  description = "Fewest tasks that autoscaling leaves running. One is a single point of failure, and with a base of 1 it is never on Spot."
  type        = number
  default     = 2

  validation {
    condition     = var.min_capacity >= 1 && floor(var.min_capacity) == var.min_capacity
    error_message = "Production keeps at least one task."
  }
}

variable "max_capacity" {
  description = "Most tasks that autoscaling starts. Every task needs its database connections, twice during a deploy."
  type        = number
  default     = 20

  validation {
    condition     = var.max_capacity >= 1 && floor(var.max_capacity) == var.max_capacity
    error_message = "The maximum must be a whole number of at least 1."
  }
}

variable "uploads" {
  description = "Way of an upload: through the service (api), or straight to the bucket (presigned), at addresses that the service signs; Glimpse knows no other."
  type        = string
  default     = "api"

  validation {
    condition     = contains(["api", "presigned"], var.uploads)
    error_message = "Uploads go by api or presigned."
  }
}

variable "downloads" {
  description = "Where files are read: straight from the bucket, at addresses that the service signs (bucket), or by way of CloudFront, at addresses that it signs for CloudFront (cloudfront). For the latter make a key pair first, put the public half into downloads_public_key and the private half into its parameter."
  type        = string
  default     = "bucket"

  validation {
    condition     = contains(["bucket", "cloudfront"], var.downloads)
    error_message = "Files are read from the bucket or by cloudfront."
  }
}

variable "downloads_public_key" {
  description = "Public half of the key that signs addresses for CloudFront, RSA 2048 in PEM: openssl genrsa -out private.pem 2048 && openssl rsa -in private.pem -pubout. Needed if downloads go by cloudfront."
  type        = string
  default     = ""

  validation {
    condition     = var.downloads == "bucket" || startswith(var.downloads_public_key, "-----BEGIN PUBLIC KEY-----")
    error_message = "Downloads by CloudFront need a public key in PEM: openssl rsa -in private.pem -pubout."
  }
}

variable "keep_alive_seconds" {
  description = "Seconds for which the service keeps an idle connection open. Below the balancer's 60 some requests end in a 502; 5 is what Node does when nobody decides."
  type        = number
  default     = 5

  validation {
    condition     = var.keep_alive_seconds >= 1 && var.keep_alive_seconds <= 4000
    error_message = "The keep-alive time must be 1 to 4000 s."
  }
}

variable "database_pool" {
  description = "Database connections of one task. All tasks together, twice during a deploy, must fit the database."
  type        = number
  default     = 100

  validation {
    condition     = var.database_pool >= 1 && floor(var.database_pool) == var.database_pool
    error_message = "A task needs at least one connection."
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

variable "database_class" {
  description = "Instance class of the database."
  type        = string
  default     = "db.t4g.micro"
}

variable "database_storage_gb" {
  description = "Disk of the database in GB, at least 20."
  type        = number
  default     = 20
}

variable "database_max_storage_gb" {
  description = "GB up to which RDS enlarges the disk of the database when less than a tenth of it is free. It costs nothing until the disk grows. null leaves the disk as it is."
  type        = number
  default     = 100

  validation {
    condition     = var.database_max_storage_gb == null ? true : var.database_max_storage_gb >= 1.1 * var.database_storage_gb && floor(var.database_max_storage_gb) == var.database_max_storage_gb
    error_message = "The limit must be a whole number of GB, at least 10 % above database_storage_gb."
  }
}

variable "bus" {
  description = "What carries events between the tasks. cache_node: one node of ElastiCache, at a fixed price. cache_serverless: ElastiCache billed by what it holds and does, with a floor below which it is never billed. postgresql: the database, by NOTIFY, and no cache at all."
  type        = string
  default     = "cache_node"

  validation {
    condition     = contains(["cache_node", "cache_serverless", "postgresql"], var.bus)
    error_message = "The bus is cache_node, cache_serverless or postgresql."
  }
}

variable "cache_engine" {
  description = "redis or valkey, if the bus is a cache."
  type        = string
  default     = "redis"
}

variable "cache_node_type" {
  description = "Node type of the cache, if the bus is cache_node."
  type        = string
  default     = "cache.t4g.micro"
}

variable "secret_store" {
  description = "Where the keys that sign tokens are kept: secrets_manager, or parameter_store, which is free. They must be put in again after a change. Secrets Manager keeps the name of a deleted secret for 7 days, and refuses a new one of that name until then. RDS keeps its own password of the database in Secrets Manager either way."
  type        = string
  default     = "secrets_manager"

  validation {
    condition     = contains(["secrets_manager", "parameter_store"], var.secret_store)
    error_message = "Secrets are kept in secrets_manager or parameter_store."
  }
}

variable "signup" {
  description = "Whether people sign up and log in at the service itself, with handle and password. Turn it off before another issuer signs tokens, be it with a copy of the shared secret or with keys of its own."
  type        = bool
  default     = true

  # The service refuses to start with both, and a deploy would end at its circuit breaker.
  validation {
    condition     = !var.signup || (var.jwks_url == "" && var.jwks == "")
    error_message = "Two issuers may give two people the same id: with jwks_url or jwks, set signup = false."
  }

  validation {
    condition     = !var.signup || var.shared_secret
    error_message = "The service signs the tokens of those who sign up with the shared secret: keep it, or set signup = false."
  }
}

variable "shared_secret" {
  description = "Whether tokens signed with the shared secret (HS256) are valid. `glimpse deploy` makes it where there is none; without it no such secret is made."
  type        = bool
  default     = true

  validation {
    condition     = var.shared_secret || var.jwks_url != "" || var.jwks != ""
    error_message = "Without a shared secret nobody has a valid token: give the keys of an issuer as jwks_url or jwks."
  }
}

variable "jwks_url" {
  description = "URL of the public keys (JWKS) of an issuer that signs with RS256 or ES256. Tasks reach no port but 443."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(https://[^/:?#[:space:]]+/[^?#[:space:]]*)?$", var.jwks_url))
    error_message = "A URL of keys looks like https://issuer.example.com/.well-known/jwks.json."
  }
}

variable "jwks" {
  description = "Those keys themselves, the text of the JWKS document, for tasks that do not reach the issuer. They are as old as the last apply: with every change of the issuer's keys, apply again."
  type        = string
  default     = ""

  validation {
    condition     = var.jwks == "" || can(length(jsondecode(var.jwks).keys))
    error_message = "A JWKS document is JSON: {\"keys\": [...]}."
  }

  validation {
    condition     = var.jwks == "" || var.jwks_url == ""
    error_message = "Give jwks_url or jwks, not both."
  }
}

variable "jwt_issuer" {
  description = "The iss that a token must have. Needed with jwks_url or jwks, as one set of keys may sign for many: Google's does for every Firebase project. Empty: any."
  type        = string
  default     = ""

  validation {
    condition     = var.jwt_issuer != "" || (var.jwks_url == "" && var.jwks == "")
    error_message = "Name the issuer, exactly as in the iss of its tokens: its keys may also sign for others."
  }
}

variable "jwt_audience" {
  description = "The aud that a token must have, or the client_id of Cognito's access tokens; several with commas between them. Empty: any."
  type        = string
  default     = ""

  validation {
    condition     = var.jwt_audience != "" || !can(regex("^https://([^/]+[.])?(googleapis[.]com|google[.]com|appleid[.]apple[.]com|login[.]microsoftonline[.]com)/", var.jwks_url))
    error_message = "This issuer signs the tokens of everybody's projects with the same keys, and the service does not start without an audience."
  }
}

variable "alarm_email" {
  description = "Address that gets the alarms and the budget's messages. AWS sends it one mail, whose link must be followed before it gets any other."
  type        = string

  validation {
    condition     = can(regex("^[^@[:space:]]+@[^@[:space:]]+\\.[^@[:space:]]+$", var.alarm_email))
    error_message = "Give one e-mail address: an alarm that nobody hears is none."
  }
}

variable "monthly_budget_usd" {
  description = "Monthly budget of the whole account in USD, announced at 80 % and at 100 %: what `glimpse plan` says, and up to a quarter more."
  type        = number
  default     = 100
}
