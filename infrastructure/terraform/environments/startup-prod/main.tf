locals {
  port = 3001

  # The provider adds them to what it makes itself, and the modules to what an Auto Scaling group makes.
  tags = {
    Project     = "glimpse"
    Environment = var.name
    ManagedBy   = "terraform"
  }

  # What a db.t4g.micro offers, less the connections that PostgreSQL, RDS and a person at a console need.
  database_max_connections      = 79
  database_reserved_connections = 5
  database_admin_connections    = 3

  # Listening for events takes a connection for itself, beside the pool.
  connections_per_task = var.database_pool + (var.bus == "postgresql" ? 1 : 0)

  # Tasks without IPv4 reach nothing that has no IPv6.
  dual_stack = var.egress == "ipv6_only"

  # The service's own page, and those that are allowed beside it.
  page_origins = distinct(concat(["https://${var.domain_name}"], var.allowed_origins))

  task_subnet_ids = (
    var.egress == "task_addresses" ? module.networking.public_subnet_ids :
    var.egress == "ipv6_only" ? module.networking.ipv6_subnet_ids :
    module.networking.nat_subnet_ids
  )

  # RDS's certificates are in the image. No address carries a password; the PostgreSQL client takes it from PGPASSWORD.
  database = "${module.rds.address}:5432/${module.rds.database_name}?sslmode=verify-full&sslrootcert=/etc/ssl/certs/rds-global-bundle.pem"

  balancers = merge(
    { for way in module.balancer[*].way : "public" => way },
    { for way in module.internal_balancer[*].way : "internal" => way },
  )

  # Who is let in, and by which address strangers are counted. Behind CloudFront the last entry of X-Forwarded-For is
  # CloudFront's own address, which all clients share; the one before it is the client's, as CloudFront saw it. Clients
  # cannot choose that one, because they cannot leave CloudFront out: the balancer has no public address, and only
  # distributions of this account reach it. With both they can, for as long as the change takes.
  identity_environment = merge(
    {
      GLIMPSE_SIGNUP          = var.signup ? "on" : "off"
      GLIMPSE_TRUSTED_PROXIES = var.ingress == "balancer" ? "1" : "2"
    },
    var.jwks_url != "" ? { GLIMPSE_JWKS_URL = var.jwks_url } : {},
    var.jwks != "" ? { GLIMPSE_JWKS = var.jwks } : {},
    var.jwt_issuer != "" ? { GLIMPSE_JWT_ISSUER = var.jwt_issuer } : {},
    var.jwt_audience != "" ? { GLIMPSE_JWT_AUDIENCE = var.jwt_audience } : {},
  )
}

module "networking" {
  source = "../../modules/networking"

  name              = var.name
  boundary_arn      = local.boundary_arn
  region            = var.region
  zones             = var.zones
  egress            = var.egress
  nat_instance_type = var.nat_instance_type
  nat_disk_gb       = var.nat_disk_gb
  nat_image_of      = var.nat_image_of
  tags              = local.tags
}

module "balancer" {
  source = "../../modules/balancer"
  count  = var.ingress == "cloudfront" ? 0 : 1

  name            = var.name
  vpc_id          = module.networking.vpc_id
  subnet_ids      = module.networking.public_subnet_ids
  dual_stack      = local.dual_stack
  certificate_arn = data.aws_acm_certificate.balancer.arn
  port            = local.port

  # With both, the next apply deletes one of them.
  deletion_protection = var.deletion_protection && var.ingress != "both"
}

module "internal_balancer" {
  source = "../../modules/balancer"
  count  = var.ingress == "balancer" ? 0 : 1

  name                = var.name
  internal            = true
  vpc_id              = module.networking.vpc_id
  subnet_ids          = module.networking.private_subnet_ids
  dual_stack          = local.dual_stack
  certificate_arn     = data.aws_acm_certificate.balancer.arn
  port                = local.port
  deletion_protection = var.deletion_protection && var.ingress != "both"
}

module "cloudfront" {
  source = "../../modules/cloudfront"
  count  = var.ingress == "balancer" ? 0 : 1

  name              = var.name
  domain_name       = var.domain_name
  certificate_arn   = data.aws_acm_certificate.cloudfront[0].arn
  balancer_arn      = module.internal_balancer[0].arn
  balancer_dns_name = module.internal_balancer[0].alias.domain_name
}

# Pointed elsewhere by a change of the record, never by a second one: two of one name and type cannot be. It leads to
# tasks that are there: Terraform waits for the service, and for the distribution to be everywhere.
locals {
  alias                = concat(module.cloudfront[*].alias, module.balancer[*].alias)[0]
  idle_timeout_seconds = concat(module.internal_balancer, module.balancer)[0].idle_timeout_seconds
}

resource "aws_route53_record" "this" {
  zone_id = data.aws_route53_zone.this.zone_id
  name    = var.domain_name
  type    = "A"

  alias {
    name                   = local.alias.domain_name
    zone_id                = local.alias.zone_id
    evaluate_target_health = false
  }

  depends_on = [module.ecs]
}

resource "aws_route53_record" "ipv6" {
  count = var.ingress != "balancer" || local.dual_stack ? 1 : 0

  zone_id = data.aws_route53_zone.this.zone_id
  name    = var.domain_name
  type    = "AAAA"

  alias {
    name                   = local.alias.domain_name
    zone_id                = local.alias.zone_id
    evaluate_target_health = false
  }

  depends_on = [module.ecs]
}

module "rds" {
  source = "../../modules/rds"

  name                = var.name
  vpc_id              = module.networking.vpc_id
  subnet_ids          = module.networking.private_subnet_ids
  dual_stack          = local.dual_stack
  instance_class      = var.database_class
  storage_gb          = var.database_storage_gb
  max_storage_gb      = var.database_max_storage_gb
  deletion_protection = var.deletion_protection
}

module "elasticache" {
  source = "../../modules/elasticache"

  name       = var.name
  vpc_id     = module.networking.vpc_id
  subnet_ids = module.networking.private_subnet_ids
  dual_stack = local.dual_stack
  bus        = var.bus
  engine     = var.cache_engine
  node_type  = var.cache_node_type
}

module "s3" {
  source = "../../modules/s3"

  name              = var.name
  allowed_origins   = local.page_origins
  distribution_arns = module.downloads[*].distribution_arn
}

module "downloads" {
  source = "../../modules/downloads"
  count  = var.downloads == "cloudfront" ? 1 : 0

  name            = var.name
  domain_name     = local.files_domain
  zone_id         = data.aws_route53_zone.this.zone_id
  certificate_arn = data.aws_acm_certificate.files[0].arn
  bucket_name     = module.s3.bucket_name
  region          = var.region
  public_key      = var.downloads_public_key
  allowed_origins = local.page_origins
}

module "secrets" {
  source = "../../modules/secrets"

  name          = var.name
  region        = var.region
  account_id    = local.account_id
  store         = var.secret_store
  shared_secret = var.shared_secret
  downloads     = var.downloads
}

module "roles" {
  source = "../../modules/roles"

  name           = var.name
  account_id     = local.account_id
  boundary_arn   = local.boundary_arn
  repository_arn = local.repository_arn
  log_group_arn  = module.ecs.log_group_arn
  bucket_arn     = module.s3.bucket_arn
  object_arns    = module.s3.object_arns

  # No task of the service may read the owner's password.
  secret_arns            = module.secrets.secret_arns
  parameter_arns         = module.secrets.parameter_arns
  owner_secret_arn       = module.rds.owner_secret_arn
  database_parameter_arn = module.secrets.database_arn
}

module "ecs" {
  source = "../../modules/ecs"

  name         = var.name
  service_name = "glimpse-api"
  region       = var.region

  vpc_id                     = module.networking.vpc_id
  subnet_ids                 = local.task_subnet_ids
  egress                     = var.egress
  balancers                  = local.balancers
  database_security_group_id = module.rds.security_group_id
  bus                        = var.bus
  cache_security_group_id    = module.elasticache.security_group_id

  execution_role_arn         = module.roles.execution_role_arn
  migrate_execution_role_arn = module.roles.migrate_execution_role_arn
  task_role_arn              = module.roles.task_role_arn
  repository_url             = local.repository_url
  image_digest               = var.image_digest
  task_cpu                   = var.task_cpu
  task_memory                = var.task_memory
  cpu_architecture           = var.cpu_architecture
  port                       = local.port

  uploads            = var.uploads
  keep_alive_seconds = var.keep_alive_seconds
  database_pool      = var.database_pool
  log_retention_days = var.log_retention_days

  environment = merge(
    {
      GLIMPSE_ALLOWED_ORIGINS = join(",", var.allowed_origins)
      GLIMPSE_BUS_URL         = module.elasticache.url
      GLIMPSE_DATABASE_URL    = "postgresql://glimpse_app@${local.database}"
      GLIMPSE_S3_BUCKET       = module.s3.bucket_name
      GLIMPSE_S3_REGION       = var.region
    },
    var.downloads == "cloudfront" ? {
      GLIMPSE_CLOUDFRONT_URL    = module.downloads[0].url
      GLIMPSE_CLOUDFRONT_KEY_ID = module.downloads[0].key_id
    } : {},
    local.identity_environment,
  )

  secrets = merge(
    { PGPASSWORD = module.secrets.database_arn },
    var.shared_secret ? { GLIMPSE_JWT_SECRETS = module.secrets.jwt_arn } : {},
    var.downloads == "cloudfront" ? { GLIMPSE_CLOUDFRONT_PRIVATE_KEY = module.secrets.downloads_arn } : {},
  )

  # A migration logs in as the owner, and makes the role that the service logs in as.
  migrate_environment = { GLIMPSE_DATABASE_URL = "postgresql://${module.rds.owner}@${local.database}" }

  migrate_secrets = {
    GLIMPSE_DATABASE_APP_PASSWORD = module.secrets.database_arn
    PGPASSWORD                    = "${module.rds.owner_secret_arn}:password::"
  }

  needed_secrets = module.secrets.needed

  fargate_base        = var.fargate_base
  fargate_weight      = var.fargate_weight
  fargate_spot_weight = var.fargate_spot_weight
  desired_count       = var.desired_count
  min_capacity        = var.min_capacity
  max_capacity        = var.max_capacity

  stage     = var.environment
  night_off = var.night_off
  time_zone = var.time_zone
}

module "monitoring" {
  source = "../../modules/monitoring"

  name                          = var.name
  cluster_name                  = module.ecs.cluster_name
  service_name                  = module.ecs.service_name
  balancers                     = concat(module.internal_balancer[*].metrics, module.balancer[*].metrics)
  database_identifier           = module.rds.identifier
  database_class                = var.database_class
  database_storage_gb           = var.database_storage_gb
  database_grows                = var.database_max_storage_gb != null
  egress                        = var.egress
  nat                           = module.networking.nat
  min_capacity                  = var.min_capacity
  night_off                     = var.night_off
  database_max_connections      = local.database_max_connections
  database_reserved_connections = local.database_reserved_connections
  alarm_email                   = var.alarm_email
  monthly_budget_usd            = var.monthly_budget_usd
}

# None of these stops an apply: the stack works without them, and fails in ways that are hard to trace back here.

check "keep_alive_outlasts_balancer" {
  assert {
    condition     = var.keep_alive_seconds > local.idle_timeout_seconds
    error_message = "The service closes idle connections after ${var.keep_alive_seconds} s, the balancer after ${local.idle_timeout_seconds} s: a request that meets a closing connection is answered 502. Raise keep_alive_seconds above the balancer's."
  }
}

# A deploy runs the old and the new tasks side by side.
check "database_connections_fit" {
  assert {
    condition     = 2 * var.max_capacity * local.connections_per_task <= local.database_max_connections - local.database_reserved_connections - local.database_admin_connections
    error_message = "A deploy at ${var.max_capacity} tasks opens ${2 * var.max_capacity * local.connections_per_task} connections; the database has ${local.database_max_connections - local.database_reserved_connections - local.database_admin_connections} for them. Lower database_pool or max_capacity."
  }
}

check "tasks_reach_the_issuer" {
  assert {
    condition     = var.jwks_url == "" || var.egress != "ipv6_only"
    error_message = "Tasks without IPv4 reach only an issuer that has IPv6: try `curl -6 ${var.jwks_url}`. If it fails, give the keys as jwks instead of jwks_url; otherwise nothing is amiss."
  }
}
