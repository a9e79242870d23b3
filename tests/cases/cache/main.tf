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
