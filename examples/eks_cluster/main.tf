# A Kubernetes platform: one cluster with two node groups, a cache, a database and its registries, in three zones.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"

  default_tags {
    tags = {
      team        = "platform"
      environment = var.environment
    }
  }
}

locals {
  name  = "platform-${var.environment}"
  zones = slice(var.zones, 0, 3)
}

module "network" {
  source = "./modules/network"

  name         = local.name
  cidr         = "10.40.0.0/16"
  zones        = local.zones
  cluster_name = local.name
}

module "cluster" {
  source = "./modules/cluster"

  name               = local.name
  kubernetes_version = var.kubernetes_version
  subnet_ids         = module.network.private_subnets

  node_groups = {
    general = {
      instance_types = ["m5.xlarge"]
      desired        = 4
      min            = 3
      max            = 8
      disk           = 100
      labels         = { workload = "general" }
    }
    batch = {
      instance_types = ["c5.2xlarge"]
      desired        = 2
      min            = 0
      max            = 6
      disk           = 200
      labels         = { workload = "batch" }
    }
  }
}

# Ingress: the load balancer that the controller's services share.

resource "aws_security_group" "ingress" {
  name   = "${local.name}-ingress"
  vpc_id = module.network.vpc_id

  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_lb" "ingress" {
  name               = "${local.name}-ingress"
  internal           = false
  load_balancer_type = "application"
  security_groups    = [aws_security_group.ingress.id]
  subnets            = module.network.public_subnets
  idle_timeout       = 120
}

resource "aws_lb_target_group" "ingress" {
  name        = "${local.name}-ingress"
  port        = 80
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = module.network.vpc_id

  health_check {
    path    = "/healthz"
    matcher = "200"
  }
}

resource "aws_lb_listener" "ingress" {
  load_balancer_arn = aws_lb.ingress.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = var.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.ingress.arn
  }
}

# Cache

resource "aws_security_group" "cache" {
  name   = "${local.name}-cache"
  vpc_id = module.network.vpc_id

  ingress {
    from_port       = 6379
    to_port         = 6379
    protocol        = "tcp"
    security_groups = [module.cluster.node_security_group_id]
  }
}

resource "aws_elasticache_subnet_group" "this" {
  name       = local.name
  subnet_ids = module.network.private_subnets
}

resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id       = "${local.name}-sessions"
  description                = "Sessions and rate limits"
  engine                     = "redis"
  engine_version             = "7.1"
  node_type                  = "cache.r6g.large"
  num_cache_clusters         = 3
  automatic_failover_enabled = true
  multi_az_enabled           = true
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true
  subnet_group_name          = aws_elasticache_subnet_group.this.name
  security_group_ids         = [aws_security_group.cache.id]
  parameter_group_name       = "default.redis7"
  snapshot_retention_limit   = 3
}

# Database

resource "aws_db_subnet_group" "this" {
  name       = local.name
  subnet_ids = module.network.private_subnets
}

resource "aws_rds_cluster" "main" {
  cluster_identifier          = "${local.name}-main"
  engine                      = "aurora-postgresql"
  engine_version              = "15.10"
  database_name               = "platform"
  master_username             = "platform"
  manage_master_user_password = true
  db_subnet_group_name        = aws_db_subnet_group.this.name
  backup_retention_period     = 14
  storage_encrypted           = true
  deletion_protection         = true
}

resource "aws_rds_cluster_instance" "main" {
  count = 2

  identifier                   = "${local.name}-main-${count.index}"
  cluster_identifier           = aws_rds_cluster.main.id
  engine                       = aws_rds_cluster.main.engine
  engine_version               = aws_rds_cluster.main.engine_version
  instance_class               = "db.r5.large"
  performance_insights_enabled = true
}

# Registries

resource "aws_ecr_repository" "service" {
  for_each = toset(var.services)

  name                 = "${local.name}/${each.value}"
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }
}

# Storage for the monitoring stack, which is pinned to a zone.
resource "aws_ebs_volume" "prometheus" {
  count = 2

  availability_zone = local.zones[count.index]
  size              = 500
  type              = "gp2"
  encrypted         = true

  tags = {
    Name                                  = "${local.name}-prometheus-${count.index}"
    "kubernetes.io/created-for/pvc/name"  = "prometheus-${count.index}"
    "kubernetes.io/cluster/${local.name}" = "owned"
  }
}

# Logs of the applications, by fluent-bit, and of the control plane: kept for ever.
resource "aws_cloudwatch_log_group" "application" {
  for_each = toset(var.services)

  name = "/eks/${local.name}/${each.value}"
}

# A reachable jump host for the operators.
data "aws_ssm_parameter" "ami" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

resource "aws_security_group" "jump" {
  name   = "${local.name}-jump"
  vpc_id = module.network.vpc_id

  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = var.operator_cidrs
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "jump" {
  ami                         = data.aws_ssm_parameter.ami.value
  instance_type               = "t3.small"
  subnet_id                   = module.network.public_subnets[0]
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.jump.id]

  tags = {
    Name = "${local.name}-jump"
  }
}
