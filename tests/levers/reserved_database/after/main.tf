provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_db_instance" "orders" {
  engine                = "postgres"
  engine_version        = "17.6"
  instance_class        = "db.m6g.large"
  allocated_storage     = 100
  storage_type          = "gp3"
  multi_az              = true
  max_allocated_storage = 200
}

resource "aws_db_instance" "reports" {
  replicate_source_db = aws_db_instance.orders.identifier
  instance_class      = "db.m6g.large"
  storage_type        = "gp3"
}

# Capacity units cannot be reserved.
resource "aws_rds_cluster" "events" {
  engine         = "aurora-postgresql"
  engine_version = "16.6"

  serverlessv2_scaling_configuration {
    min_capacity = 1
    max_capacity = 4
  }
}

resource "aws_rds_cluster_instance" "events" {
  cluster_identifier = aws_rds_cluster.events.id
  engine             = aws_rds_cluster.events.engine
  instance_class     = "db.serverless"
}
