provider "aws" {
  region = "ap-northeast-2"
}

# A writer and a reader, whose cluster says what all of them have.
resource "aws_rds_cluster" "orders" {
  cluster_identifier              = "orders"
  engine                          = "aurora-postgresql"
  engine_version                  = "13.18"
  backup_retention_period         = 7
  manage_master_user_password     = true
  enabled_cloudwatch_logs_exports = ["postgresql"]
}

resource "aws_rds_cluster_instance" "orders" {
  count              = 2
  cluster_identifier = aws_rds_cluster.orders.id
  engine             = aws_rds_cluster.orders.engine
  engine_version     = aws_rds_cluster.orders.engine_version
  instance_class     = "db.r6g.large"
}

# Serverless v2 and I/O-Optimized: half a unit at least in each of its instances, of which one states what it used.
resource "aws_rds_cluster" "shop" {
  cluster_identifier = "shop"
  engine             = "aurora-mysql"
  engine_version     = "8.0.mysql_aurora.3.08.0"
  storage_type       = "aurora-iopt1"
  backtrack_window   = 86400

  serverlessv2_scaling_configuration {
    min_capacity = 0.5
    max_capacity = 8
  }
}

resource "aws_rds_cluster_instance" "shop" {
  count              = 2
  cluster_identifier = aws_rds_cluster.shop.id
  engine             = aws_rds_cluster.shop.engine
  instance_class     = "db.serverless"
}

# A Multi-AZ DB cluster of RDS: three instances in one price.
resource "aws_rds_cluster" "ledger" {
  cluster_identifier        = "ledger"
  engine                    = "postgres"
  engine_version            = "16.4"
  db_cluster_instance_class = "db.r6gd.large"
  storage_type              = "gp3"
  allocated_storage         = 100
}

# Scaling keeps two readers, and the files make none.
resource "aws_rds_cluster" "reads" {
  cluster_identifier = "reads"
  engine             = "aurora-mysql"
}

resource "aws_rds_cluster_instance" "reads" {
  cluster_identifier  = aws_rds_cluster.reads.id
  engine              = aws_rds_cluster.reads.engine
  instance_class      = "db.t4g.medium"
  publicly_accessible = true
}

resource "aws_appautoscaling_target" "reads" {
  service_namespace  = "rds"
  resource_id        = "cluster:reads"
  scalable_dimension = "rds:cluster:ReadReplicaCount"
  min_capacity       = 2
  max_capacity       = 4
}

resource "aws_rds_global_cluster" "world" {
  global_cluster_identifier = "world"
  engine                    = "aurora-postgresql"
}
