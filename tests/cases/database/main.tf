provider "aws" {
  region = "ap-northeast-2"
}

# A small single-zone database under a commitment, and an old, large one in two zones.
resource "aws_db_instance" "small" {
  engine                      = "postgres"
  engine_version              = "17"
  instance_class              = "db.t4g.micro"
  allocated_storage           = 20
  storage_type                = "gp3"
  manage_master_user_password = true
}

resource "aws_db_instance" "old" {
  engine            = "postgres"
  engine_version    = "12.19"
  instance_class    = "db.m6g.xlarge"
  allocated_storage = 100
  storage_type      = "gp3"
  iops              = 4000
  multi_az          = true
}

# Watched, reachable from outside, with logs on a volume of their own; and a replica with the storage of its source.
resource "aws_db_instance" "orders" {
  engine                                = "mysql"
  engine_version                        = "8.0.41"
  instance_class                        = "db.r6g.large"
  allocated_storage                     = 200
  max_allocated_storage                 = 400
  storage_type                          = "io1"
  iops                                  = 3000
  dedicated_log_volume                  = true
  publicly_accessible                   = true
  monitoring_interval                   = 60
  performance_insights_enabled          = true
  performance_insights_retention_period = 731
  database_insights_mode                = "standard"
  enabled_cloudwatch_logs_exports       = ["slowquery"]
}

resource "aws_db_instance" "orders_replica" {
  replicate_source_db = aws_db_instance.orders.identifier
  instance_class      = "db.r6g.large"
}

# Reserved, as its usage says, with IOPS and throughput beyond what 500 GiB of gp3 include.
resource "aws_db_instance" "shop" {
  engine             = "mysql"
  engine_version     = "8.4.5"
  instance_class     = "db.m6g.large"
  allocated_storage  = 500
  storage_type       = "gp3"
  iops               = 13000
  storage_throughput = 600
}

# Oracle is striped from 200 GiB, SQL Server never; of neither a price is held.
resource "aws_db_instance" "ledger" {
  engine            = "oracle-se2"
  license_model     = "bring-your-own-license"
  instance_class    = "db.m5.large"
  allocated_storage = 200
  storage_type      = "gp3"
  iops              = 12000
}

resource "aws_db_instance" "reports" {
  engine            = "sqlserver-web"
  instance_class    = "db.m5.large"
  allocated_storage = 500
  storage_type      = "gp3"
  iops              = 4000
}

# As large as what it is restored from, which nothing here says.
resource "aws_db_instance" "restored" {
  engine              = "postgres"
  instance_class      = "db.t4g.medium"
  snapshot_identifier = "rds:orders-2026-11-01"
}
