provider "aws" {
  region = "us-east-1"
}

resource "aws_db_instance" "shop" {
  identifier        = "shop"
  engine            = "mysql"
  engine_version    = "8.0.40"
  instance_class    = "db.m4.large"
  allocated_storage = 100
  storage_type      = "gp3"
  multi_az          = true
}

# PostgreSQL 10.15 does not run on db.m5.
resource "aws_db_instance" "archive" {
  identifier        = "archive"
  engine            = "postgres"
  engine_version    = "10.15"
  instance_class    = "db.m4.large"
  allocated_storage = 100
  storage_type      = "gp3"
}
