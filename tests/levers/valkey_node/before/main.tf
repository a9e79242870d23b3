provider "aws" {
  region = "us-east-1"
}

resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id    = "sessions"
  description             = "sessions"
  engine                  = "redis"
  engine_version          = "5.0.6"
  node_type               = "cache.r6g.large"
  num_node_groups         = 2
  replicas_per_node_group = 1
}

resource "aws_elasticache_serverless_cache" "pages" {
  name                 = "pages"
  engine               = "redis"
  major_engine_version = "7"
}
