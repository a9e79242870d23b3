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
