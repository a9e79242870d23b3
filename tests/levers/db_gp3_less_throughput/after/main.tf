provider "aws" {
  region = "us-east-1"
}

resource "aws_db_instance" "orders" {
  identifier        = "orders"
  engine            = "postgres"
  engine_version    = "17.6"
  instance_class    = "db.m6g.large"
  allocated_storage = 100
  storage_type      = "gp3"
  username          = "app"
  password          = "changeme"
}
