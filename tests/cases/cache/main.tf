provider "aws" {
  region = "ap-northeast-2"
}

# A Valkey group of three nodes, a sharded Redis one, and a Memcached pair.
resource "aws_elasticache_replication_group" "valkey" {
  engine             = "valkey"
  node_type          = "cache.t4g.micro"
  num_cache_clusters = 3
}

resource "aws_elasticache_replication_group" "sharded" {
  engine                  = "redis"
  node_type               = "cache.t4g.small"
  num_node_groups         = 2
  replicas_per_node_group = 1
}

resource "aws_elasticache_cluster" "memcached" {
  engine          = "memcached"
  node_type       = "cache.t4g.micro"
  num_cache_nodes = 2
}

# Redis 5 is charged for extended support since 2026-02-01, and keeps snapshots.
resource "aws_elasticache_cluster" "old" {
  engine                   = "redis"
  engine_version           = "5.0.6"
  node_type                = "cache.m5.large"
  num_cache_nodes          = 1
  snapshot_retention_limit = 3

  log_delivery_configuration {
    destination      = "/aws/elasticache/old"
    destination_type = "cloudwatch-logs"
    log_format       = "json"
    log_type         = "slow-log"
  }
}

# Scaling decides the shards: three at least, each with one replica.
resource "aws_elasticache_replication_group" "scaled" {
  replication_group_id    = "scaled"
  engine                  = "valkey"
  node_type               = "cache.r7g.large"
  num_node_groups         = 2
  replicas_per_node_group = 1
}

resource "aws_appautoscaling_target" "scaled" {
  service_namespace  = "elasticache"
  resource_id        = "replication-group/${aws_elasticache_replication_group.scaled.replication_group_id}"
  scalable_dimension = "elasticache:replication-group:NodeGroups"
  min_capacity       = 3
  max_capacity       = 6
}

# Which version it runs, nobody said.
variable "redis_version" {
  type = string
}

resource "aws_elasticache_replication_group" "unknown" {
  engine             = "redis"
  engine_version     = var.redis_version
  node_type          = "cache.t4g.micro"
  num_cache_clusters = 1
}

resource "aws_elasticache_global_replication_group" "world" {
  global_replication_group_id_suffix = "world"
  primary_replication_group_id       = aws_elasticache_replication_group.sharded.id
}
