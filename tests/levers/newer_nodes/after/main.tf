provider "aws" {
  region = "us-east-1"
}

resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id = "sessions"
  description          = "sessions"
  engine               = "redis"
  engine_version       = "7.1"
  node_type            = "cache.r5.large"
  num_cache_clusters   = 2
}

# cache.t3.small has less memory: it stays.
resource "aws_elasticache_cluster" "pages" {
  cluster_id      = "pages"
  engine          = "memcached"
  node_type       = "cache.t2.small"
  num_cache_nodes = 2
}

resource "aws_opensearch_domain" "logs" {
  domain_name    = "logs"
  engine_version = "OpenSearch_2.11"

  cluster_config {
    instance_type            = "m5.large.search"
    instance_count           = 2
    dedicated_master_enabled = true
    dedicated_master_type    = "c5.large.search"
    dedicated_master_count   = 3
  }

  ebs_options {
    ebs_enabled = true
    volume_type = "gp3"
    volume_size = 100
  }
}
