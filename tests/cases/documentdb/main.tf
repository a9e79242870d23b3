provider "aws" {
  region = "us-east-1"
}

resource "aws_docdb_cluster" "orders" {
  cluster_identifier          = "orders"
  backup_retention_period     = 5
  manage_master_user_password = true
}

resource "aws_docdb_cluster_instance" "orders" {
  count              = 2
  cluster_identifier = aws_docdb_cluster.orders.id
  instance_class     = "db.t3.medium"
}

# Its cluster is elsewhere, so what that stores may be stated here.
resource "aws_docdb_cluster_instance" "elsewhere" {
  cluster_identifier = "elsewhere"
  instance_class     = "db.r5.4xlarge"
}

# I/O-Optimized has prices of its own.
resource "aws_docdb_cluster" "fast" {
  cluster_identifier = "fast"
  storage_type       = "iopt1"

  serverless_v2_scaling_configuration {
    min_capacity = 0.5
    max_capacity = 4
  }
}

resource "aws_docdb_cluster_instance" "fast" {
  cluster_identifier          = aws_docdb_cluster.fast.id
  instance_class              = "db.serverless"
  enable_performance_insights = true
}
