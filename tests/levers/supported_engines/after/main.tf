provider "aws" {
  region = "us-east-1"
}

resource "aws_db_instance" "shop" {
  identifier                  = "shop"
  engine                      = "postgres"
  engine_version              = "17"
  allow_major_version_upgrade = true
  instance_class              = "db.m6g.large"
  allocated_storage           = 100
  storage_type                = "gp3"
  multi_az                    = true
}

resource "aws_rds_cluster" "orders" {
  cluster_identifier = "orders"
  engine             = "aurora-mysql"
  engine_version     = "8.0.mysql_aurora.3.08.0"
}

resource "aws_rds_cluster_instance" "orders" {
  identifier         = "orders-1"
  cluster_identifier = aws_rds_cluster.orders.id
  engine             = aws_rds_cluster.orders.engine
  instance_class     = "db.r6g.large"
}

resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id = "sessions"
  description          = "sessions"
  engine               = "redis"
  engine_version       = "7.1"
  node_type            = "cache.r6g.large"
  num_cache_clusters   = 2
}

# Its owner keeps it out of extended support: AWS upgrades it.
resource "aws_db_instance" "reports" {
  identifier               = "reports"
  engine                   = "mysql"
  engine_version           = "5.7.44"
  instance_class           = "db.m6g.large"
  allocated_storage        = 100
  storage_type             = "gp3"
  engine_lifecycle_support = "open-source-rds-extended-support-disabled"
}
