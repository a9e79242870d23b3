provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_db_instance" "orders" {
  identifier            = "orders"
  engine                = "postgres"
  engine_version        = "17.6"
  instance_class        = "db.m6g.large"
  allocated_storage     = 100
  max_allocated_storage = 500
  storage_type          = "gp3"
  username              = "app"
  password              = "changeme"
}

# One IOPS for each GiB of the limit is the least that RDS takes for every engine.
resource "aws_db_instance" "payments" {
  identifier            = "payments"
  engine                = "mysql"
  engine_version        = "8.4.7"
  instance_class        = "db.m6g.large"
  allocated_storage     = 400
  max_allocated_storage = 1000
  storage_type          = "io1"
  iops                  = 1000
  username              = "app"
  password              = "changeme"
}

# It grows already.
resource "aws_db_instance" "reports" {
  identifier            = "reports"
  engine                = "postgres"
  engine_version        = "17.6"
  instance_class        = "db.t4g.medium"
  allocated_storage     = 50
  max_allocated_storage = 200
  storage_type          = "gp3"
  username              = "app"
  password              = "changeme"
}
