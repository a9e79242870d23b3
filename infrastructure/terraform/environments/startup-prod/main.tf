locals {
  name = "glimpse-prod"
  port = 3001

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

  balancer_subnet_ids = var.ingress == "cloudfront" ? module.networking.private_subnet_ids : module.networking.public_subnet_ids

  task_subnet_ids = (
    var.egress == "task_addresses" ? module.networking.public_subnet_ids :
    var.egress == "ipv6_only" ? module.networking.ipv6_subnet_ids :
    module.networking.private_subnet_ids
  )

  own_secret_arns = concat(var.shared_secret ? [module.secrets.jwt_secret_arn] : [], [module.secrets.push_secret_arn])

  downloads_parameter_arns = var.downloads == "cloudfront" ? [module.secrets.downloads_parameter_arn] : []

  # Who is let in, and by which address strangers are counted. Behind CloudFront the last entry of X-Forwarded-For is
  # CloudFront's own address, which all clients share; the one before it is the client's, as CloudFront saw it. Clients
  # cannot choose that one, because they cannot leave CloudFront out: the balancer has no public address, and only
  # distributions of this account reach it.
  identity_environment = merge(
    {
      GLIMPSE_SIGNUP          = var.signup ? "on" : "off"
      GLIMPSE_TRUSTED_PROXIES = var.ingress == "cloudfront" ? "2" : "1"
    },
    var.jwks_url != "" ? { GLIMPSE_JWKS_URL = var.jwks_url } : {},
    var.jwks != "" ? { GLIMPSE_JWKS = var.jwks } : {},
    var.jwt_issuer != "" ? { GLIMPSE_JWT_ISSUER = var.jwt_issuer } : {},
    var.jwt_audience != "" ? { GLIMPSE_JWT_AUDIENCE = var.jwt_audience } : {},
  )
}

module "networking" {
  source = "../../modules/networking"

  name              = local.name
  region            = var.region
  zones             = var.zones
  egress            = var.egress
  nat_instance_type = var.nat_instance_type
  nat_disk_gb       = var.nat_disk_gb
}

module "dns" {
  source = "../../modules/dns"

  domain_name = var.domain_name
}

module "balancer" {
  source = "../../modules/balancer"

  name                = local.name
  vpc_id              = module.networking.vpc_id
  subnet_ids          = local.balancer_subnet_ids
  ingress             = var.ingress
  distribution        = one(module.cloudfront[*].distribution)
  dual_stack          = local.dual_stack
  zone_id             = module.dns.zone_id
  domain_name         = var.domain_name
  certificate_arn     = module.dns.certificate_arn
  port                = local.port
  deletion_protection = var.deletion_protection
}

module "cloudfront" {
  source = "../../modules/cloudfront"
  count  = var.ingress == "cloudfront" ? 1 : 0

  name                   = local.name
  domain_name            = var.domain_name
  validation_record_fqdn = module.dns.validation_record_fqdn
  balancer_arn           = module.balancer.arn
  balancer_dns_name      = module.balancer.dns_name
}

module "rds" {
  source = "../../modules/rds"

  name                = local.name
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

  name       = local.name
  vpc_id     = module.networking.vpc_id
  subnet_ids = module.networking.private_subnet_ids
  dual_stack = local.dual_stack
  bus        = var.bus
  engine     = var.cache_engine
  node_type  = var.cache_node_type
}

module "s3" {
  source = "../../modules/s3"

  name              = local.name
  allowed_origins   = local.page_origins
  distribution_arns = module.downloads[*].distribution_arn
}

module "downloads" {
  source = "../../modules/downloads"
  count  = var.downloads == "cloudfront" ? 1 : 0

  name            = local.name
  domain_name     = "files.${var.domain_name}"
  zone_id         = module.dns.zone_id
  bucket_name     = module.s3.bucket_name
  region          = var.region
  public_key      = var.downloads_public_key
  allowed_origins = local.page_origins
}

module "ecr" {
  source = "../../modules/ecr"

  name   = "glimpse-api"
  region = var.region
}

module "secrets" {
  source = "../../modules/secrets"

  name          = local.name
  store         = var.secret_store
  shared_secret = var.shared_secret
  downloads     = var.downloads
}

module "roles" {
  source = "../../modules/roles"

  name           = local.name
  repository_arn = module.ecr.repository_arn
  log_group_arn  = module.ecs.log_group_arn
  bucket_arn     = module.s3.bucket_arn
  object_arns    = module.s3.object_arns

  # The database's password stays where RDS keeps it.
  secret_arns    = concat(var.secret_store == "secrets_manager" ? local.own_secret_arns : [], [module.rds.password_secret_arn])
  parameter_arns = concat(var.secret_store == "parameter_store" ? local.own_secret_arns : [], local.downloads_parameter_arns)
}

module "ecs" {
  source = "../../modules/ecs"

  name         = local.name
  service_name = "glimpse-api"
  region       = var.region

  vpc_id                     = module.networking.vpc_id
  subnet_ids                 = local.task_subnet_ids
  egress                     = var.egress
  target_group_arn           = module.balancer.target_group_arn
  balancer_security_group_id = module.balancer.security_group_id
  database_security_group_id = module.rds.security_group_id
  bus                        = var.bus
  cache_security_group_id    = module.elasticache.security_group_id

  execution_role_arn = module.roles.execution_role_arn
  task_role_arn      = module.roles.task_role_arn
  repository_url     = var.egress == "ipv6_only" ? module.ecr.dual_stack_url : module.ecr.repository_url
  image_digest       = var.image_digest
  task_cpu           = var.task_cpu
  task_memory        = var.task_memory
  cpu_architecture   = var.cpu_architecture
  port               = local.port

  uploads            = var.uploads
  keep_alive_seconds = var.keep_alive_seconds
  database_pool      = var.database_pool
  log_retention_days = var.log_retention_days

  # The address carries no password; the PostgreSQL client takes it from PGPASSWORD.
  environment = merge(
    {
      GLIMPSE_ALLOWED_ORIGINS = join(",", var.allowed_origins)
      GLIMPSE_BUS_URL         = module.elasticache.url
      GLIMPSE_DATABASE_URL    = "postgresql://${module.rds.username}@${module.rds.address}:5432/${module.rds.database_name}?sslmode=require"
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
    {
      GLIMPSE_PUSH_CREDENTIALS = module.secrets.push_secret_arn
      PGPASSWORD               = "${module.rds.password_secret_arn}:password::"
    },
    var.shared_secret ? { GLIMPSE_JWT_SECRETS = module.secrets.jwt_secret_arn } : {},
    var.downloads == "cloudfront" ? { GLIMPSE_CLOUDFRONT_PRIVATE_KEY = module.secrets.downloads_parameter_arn } : {},
  )

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

  name                          = local.name
  cluster_name                  = module.ecs.cluster_name
  service_name                  = module.ecs.service_name
  balancer_arn_suffix           = module.balancer.arn_suffix
  database_identifier           = module.rds.identifier
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
    condition     = var.keep_alive_seconds > module.balancer.idle_timeout_seconds
    error_message = "The service closes idle connections after ${var.keep_alive_seconds} s, the balancer after ${module.balancer.idle_timeout_seconds} s: a request that meets a closing connection is answered 502. Raise keep_alive_seconds above the balancer's."
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
