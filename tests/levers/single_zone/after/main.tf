provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_db_instance" "staging" {
  identifier        = "shop"
  engine            = "postgres"
  engine_version    = "17.4"
  instance_class    = "db.t4g.small"
  allocated_storage = 20
  storage_type      = "gp3"
  multi_az          = false

  tags = {
    environment = "staging"
  }
}

resource "aws_elasticache_replication_group" "dev" {
  replication_group_id       = "shop-dev"
  description                = "sessions"
  engine                     = "valkey"
  node_type                  = "cache.t4g.small"
  num_cache_clusters         = 1
  multi_az_enabled           = false
  automatic_failover_enabled = false
}

# Nothing says what it is: it is taken to be production.
resource "aws_db_instance" "unknown" {
  identifier        = "orders"
  engine            = "postgres"
  engine_version    = "17.4"
  instance_class    = "db.t4g.small"
  allocated_storage = 20
  storage_type      = "gp3"
  multi_az          = true
}
