provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_db_instance" "shop" {
  identifier        = "shop"
  engine            = "postgres"
  engine_version    = "16.4"
  instance_class    = "db.t4g.medium"
  allocated_storage = 50
  storage_type      = "gp3"
}

resource "aws_rds_cluster" "orders" {
  cluster_identifier = "orders"
  engine             = "aurora-mysql"
  engine_version     = "8.0.mysql_aurora.3.05.2"
}

resource "aws_rds_cluster_instance" "orders" {
  count              = 2
  identifier         = "orders-${count.index}"
  cluster_identifier = aws_rds_cluster.orders.id
  engine             = aws_rds_cluster.orders.engine
  instance_class     = "db.r6g.large"
}

# No SQL Server runs on Graviton.
resource "aws_db_instance" "ledger" {
  identifier        = "ledger"
  engine            = "sqlserver-se"
  engine_version    = "15.00"
  license_model     = "license-included"
  instance_class    = "db.m5.large"
  allocated_storage = 100
  storage_type      = "gp3"
}
