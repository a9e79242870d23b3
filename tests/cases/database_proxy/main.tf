provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_db_instance" "orders" {
  identifier        = "orders"
  engine            = "postgres"
  engine_version    = "17"
  instance_class    = "db.m6g.xlarge"
  allocated_storage = 50
}

# Charged by the four virtual CPUs of the instance behind it.
resource "aws_db_proxy" "orders" {
  name           = "orders"
  engine_family  = "POSTGRESQL"
  role_arn       = "arn:aws:iam::123456789012:role/proxy"
  vpc_subnet_ids = ["subnet-1", "subnet-2"]
}

resource "aws_db_proxy_target" "orders" {
  db_proxy_name          = aws_db_proxy.orders.name
  target_group_name      = "default"
  db_instance_identifier = aws_db_instance.orders.identifier
}

resource "aws_db_proxy_endpoint" "reports" {
  db_proxy_name          = aws_db_proxy.orders.name
  db_proxy_endpoint_name = "reports"
  vpc_subnet_ids         = ["subnet-1", "subnet-2"]
}

# Nothing here says what stands behind it.
resource "aws_db_proxy" "lost" {
  name           = "lost"
  engine_family  = "MYSQL"
  role_arn       = "arn:aws:iam::123456789012:role/proxy"
  vpc_subnet_ids = ["subnet-1", "subnet-2"]
}
