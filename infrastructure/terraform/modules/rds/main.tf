locals {
  major_version = split(".", var.engine_version)[0]
}

resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.subnet_ids
}

resource "aws_security_group" "this" {
  name        = "${var.name}-database"
  description = "Database"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-database" }
}

resource "aws_db_parameter_group" "this" {
  name_prefix = "${var.name}-"
  family      = "postgres${local.major_version}"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  parameter {
    name  = "log_statement"
    value = "ddl"
  }

  parameter {
    name  = "log_min_duration_statement"
    value = "1000"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_db_instance" "this" {
  identifier     = var.name
  engine         = "postgres"
  engine_version = var.engine_version
  instance_class = var.instance_class

  # Once standard support ends, upgrade the engine rather than bill extended support by the vCPU-hour.
  engine_lifecycle_support   = "open-source-rds-extended-support-disabled"
  auto_minor_version_upgrade = true

  allocated_storage     = var.storage_gb
  max_allocated_storage = var.max_storage_gb
  storage_type          = "gp3"
  storage_encrypted     = true

  # RDS gives the owner a password and changes it every seven days. Only a migration logs in with it, and reads it anew.
  db_name                     = "glimpse"
  username                    = "glimpse"
  manage_master_user_password = true
  port                        = 5432

  multi_az               = var.multi_az
  publicly_accessible    = false
  network_type           = var.dual_stack ? "DUAL" : null
  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.this.id]
  parameter_group_name   = aws_db_parameter_group.this.name

  # Tasks without IPv4 would wait for an IPv6 address until the maintenance window.
  apply_immediately = var.dual_stack ? true : null

  # Both windows are UTC: 03:00 and Monday 04:00 in Seoul.
  backup_retention_period = var.backup_days
  backup_window           = "18:00-18:30"
  maintenance_window      = "sun:19:00-sun:19:30"

  # A snapshot outlives its database, and no two have one name: an environment that is made again has another VPC.
  copy_tags_to_snapshot     = true
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = false
  final_snapshot_identifier = "${var.name}-final-${trimprefix(var.vpc_id, "vpc-")}"
}
