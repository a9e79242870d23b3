# A shop on ECS Fargate: three services in production and the same in staging, each environment with its balancers.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Application = "shop"
      ManagedBy   = "terraform"
    }
  }
}

locals {
  environments = {
    production = {
      cidr           = "10.60.0.0/16"
      database_class = "db.m5.large"
      multi_az       = true
      storage        = 200
      cache_node     = "cache.m5.large"
      cache_nodes    = 2
      tasks          = { storefront = 4, catalogue = 3, checkout = 6 }
      max_tasks      = 12
      deletion_guard = true
      backup_days    = 14
    }
    staging = {
      cidr           = "10.61.0.0/16"
      database_class = "db.t3.medium"
      multi_az       = false
      storage        = 50
      cache_node     = "cache.t3.small"
      cache_nodes    = 1
      tasks          = { storefront = 1, catalogue = 1, checkout = 1 }
      max_tasks      = 2
      deletion_guard = false
      backup_days    = 1
    }
  }

  services = {
    storefront = { cpu = 1024, memory = 2048, port = 3000, public = true }
    catalogue  = { cpu = 512, memory = 1024, port = 8080, public = false }
    checkout   = { cpu = 512, memory = 1024, port = 8080, public = true }
  }

  # One entry for each service of each environment.
  placements = merge([
    for environment, of in local.environments : {
      for service, settings in local.services : "${environment}-${service}" => merge(settings, {
        environment = environment
        service     = service
        tasks       = of.tasks[service]
        max_tasks   = of.max_tasks
      })
    }
  ]...)
}

module "network" {
  source   = "./modules/network"
  for_each = local.environments

  name  = "shop-${each.key}"
  cidr  = each.value.cidr
  zones = var.zones
}

# Registries, one for each service

resource "aws_ecr_repository" "service" {
  for_each = local.services

  name = "shop/${each.key}"

  image_scanning_configuration {
    scan_on_push = true
  }
}

# Clusters

resource "aws_ecs_cluster" "this" {
  for_each = local.environments

  name = "shop-${each.key}"

  setting {
    name  = "containerInsights"
    value = "enabled"
  }

  tags = {
    Environment = each.key
  }
}

module "service" {
  source   = "./modules/service"
  for_each = local.placements

  name            = "shop-${each.key}"
  environment     = each.value.environment
  region          = var.region
  cluster_id      = aws_ecs_cluster.this[each.value.environment].id
  cluster_name    = aws_ecs_cluster.this[each.value.environment].name
  image           = "${aws_ecr_repository.service[each.value.service].repository_url}:${var.release}"
  cpu             = each.value.cpu
  memory          = each.value.memory
  port            = each.value.port
  public          = each.value.public
  tasks           = each.value.tasks
  max_tasks       = each.value.max_tasks
  vpc_id          = module.network[each.value.environment].vpc_id
  public_subnets  = module.network[each.value.environment].public_subnet_ids
  private_subnets = module.network[each.value.environment].private_subnet_ids
  certificate_arn = var.certificate_arn

  secrets = {
    DATABASE_URL   = aws_secretsmanager_secret.database[each.value.environment].arn
    PAYMENT_KEY    = aws_secretsmanager_secret.payment[each.value.environment].arn
    SESSION_SECRET = aws_secretsmanager_secret.session[each.value.environment].arn
  }
}

# Secrets

resource "aws_secretsmanager_secret" "database" {
  for_each = local.environments

  name = "shop/${each.key}/database-url"
}

resource "aws_secretsmanager_secret" "payment" {
  for_each = local.environments

  name = "shop/${each.key}/payment-key"
}

resource "aws_secretsmanager_secret" "session" {
  for_each = local.environments

  name = "shop/${each.key}/session-secret"
}

# Databases

resource "random_password" "database" {
  for_each = local.environments

  length  = 32
  special = false
}

resource "aws_db_subnet_group" "this" {
  for_each = local.environments

  name       = "shop-${each.key}"
  subnet_ids = module.network[each.key].private_subnet_ids
}

resource "aws_security_group" "data" {
  for_each = local.environments

  name   = "shop-${each.key}-data"
  vpc_id = module.network[each.key].vpc_id

  dynamic "ingress" {
    for_each = [5432, 6379]

    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = [each.value.cidr]
    }
  }
}

resource "aws_db_instance" "this" {
  for_each = local.environments

  identifier              = "shop-${each.key}"
  engine                  = "postgres"
  engine_version          = "13.16"
  instance_class          = each.value.database_class
  allocated_storage       = each.value.storage
  max_allocated_storage   = each.value.storage * 4
  storage_type            = "gp2"
  storage_encrypted       = true
  multi_az                = each.value.multi_az
  db_name                 = "shop"
  username                = "shop"
  password                = random_password.database[each.key].result
  db_subnet_group_name    = aws_db_subnet_group.this[each.key].name
  vpc_security_group_ids  = [aws_security_group.data[each.key].id]
  backup_retention_period = each.value.backup_days
  deletion_protection     = each.value.deletion_guard
  skip_final_snapshot     = !each.value.deletion_guard

  tags = {
    Environment = each.key
  }
}

# Caches

resource "aws_elasticache_subnet_group" "this" {
  for_each = local.environments

  name       = "shop-${each.key}"
  subnet_ids = module.network[each.key].private_subnet_ids
}

resource "aws_elasticache_replication_group" "this" {
  for_each = local.environments

  replication_group_id       = "shop-${each.key}"
  description                = "Carts and sessions of ${each.key}"
  engine                     = "redis"
  engine_version             = "6.2"
  node_type                  = each.value.cache_node
  num_cache_clusters         = each.value.cache_nodes
  automatic_failover_enabled = each.value.cache_nodes > 1
  multi_az_enabled           = each.value.cache_nodes > 1
  subnet_group_name          = aws_elasticache_subnet_group.this[each.key].name
  security_group_ids         = [aws_security_group.data[each.key].id]

  tags = {
    Environment = each.key
  }
}

# Pictures of products

resource "aws_s3_bucket" "pictures" {
  for_each = local.environments

  bucket_prefix = "shop-${each.key}-pictures-"

  tags = {
    Environment = each.key
  }
}
