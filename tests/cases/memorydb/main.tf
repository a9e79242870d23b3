provider "aws" {
  region = "us-east-1"
}

# Two shards with a replica each; no price of MemoryDB is held.
resource "aws_memorydb_cluster" "sessions" {
  name                     = "sessions"
  acl_name                 = "open-access"
  engine                   = "valkey"
  node_type                = "db.r7g.large"
  num_shards               = 2
  num_replicas_per_shard   = 1
  snapshot_retention_limit = 7
}

resource "aws_memorydb_snapshot" "sessions" {
  name         = "sessions"
  cluster_name = aws_memorydb_cluster.sessions.name
}

resource "aws_memorydb_multi_region_cluster" "world" {
  multi_region_cluster_name_suffix = "world"
  node_type                        = "db.r7g.xlarge"
}

resource "aws_memorydb_cluster" "world" {
  name                      = "world"
  acl_name                  = "open-access"
  multi_region_cluster_name = aws_memorydb_multi_region_cluster.world.multi_region_cluster_name
}
