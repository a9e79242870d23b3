provider "aws" {
  region = "us-east-1"
}

resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id    = "sessions"
  description             = "sessions"
  engine                  = "valkey"
  engine_version          = "8.0"
  node_type               = "cache.r6g.large"
  num_node_groups         = 2
  replicas_per_node_group = 1
}

resource "aws_elasticache_serverless_cache" "pages" {
  name                 = "pages"
  engine               = "valkey"
  major_engine_version = "8"
}
