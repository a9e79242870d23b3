resource "aws_elasticache_replication_group" "valkey" {
  replication_group_id = "valkey"
  description          = "three nodes"
}

resource "aws_elasticache_replication_group" "sharded" {
  replication_group_id = "sharded"
  description          = "two shards"
}

resource "aws_elasticache_cluster" "memcached" {
  cluster_id = "memcached"
}

resource "aws_elasticache_cluster" "old" {
  cluster_id = "old"
}

resource "aws_elasticache_replication_group" "scaled" {
  description = "scaled shards"
}

resource "aws_elasticache_replication_group" "unknown" {
  replication_group_id = "unknown"
  description          = "of any version"
}
