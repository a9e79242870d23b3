# Databases, caches, tables, secrets, keys, parameters, alarms: what keeps something or watches it.
provider "aws" {
  region = "ap-northeast-2"
}

locals {
  production = true
  tables     = { messages = "PAY_PER_REQUEST", steady = "PROVISIONED" }
}

resource "aws_db_instance" "main" {
  identifier                            = "main"
  engine                                = "postgres"
  engine_version                        = "17.4"
  instance_class                        = local.production ? "db.t4g.medium" : "db.t4g.micro"
  storage_type                          = "gp3"
  allocated_storage                     = 100
  multi_az                              = local.production
  username                              = "app"
  manage_master_user_password           = true
  performance_insights_enabled          = true
  performance_insights_retention_period = 7
  monitoring_interval                   = 0
  skip_final_snapshot                   = true
}

resource "aws_db_instance" "old" {
  identifier               = "old"
  engine                   = "mysql"
  engine_version           = "5.7.44"
  engine_lifecycle_support = "open-source-rds-extended-support"
  instance_class           = "db.t3.micro"
  allocated_storage        = 20
  username                 = "app"
  password                 = "change-me"
  skip_final_snapshot      = true
}

resource "aws_db_instance" "fast" {
  identifier               = "fast"
  engine                   = "postgres"
  engine_version           = "13.9"
  engine_lifecycle_support = "open-source-rds-extended-support-disabled"
  instance_class           = "db.m6g.large"
  allocated_storage        = 500
  storage_type             = "io1"
  iops                     = 3000
  username                 = "app"
  password                 = "change-me"
  skip_final_snapshot      = true
}

resource "aws_db_instance" "replica" {
  identifier          = "replica"
  replicate_source_db = aws_db_instance.main.identifier
  instance_class      = "db.t4g.small"
  storage_type        = "gp3"
  skip_final_snapshot = true
}

resource "aws_db_instance" "named" {
  identifier          = "named"
  replicate_source_db = "old"
  instance_class      = "db.t3.micro"
  skip_final_snapshot = true
}

resource "aws_elasticache_cluster" "sessions" {
  cluster_id      = "sessions"
  engine          = "redis"
  node_type       = "cache.t4g.micro"
  num_cache_nodes = 1

  tags = {
    "glimpse:role" = "bus"
  }
}

resource "aws_elasticache_replication_group" "counted" {
  replication_group_id       = "counted"
  description                = "counted"
  engine                     = "valkey"
  node_type                  = "cache.t4g.small"
  num_cache_clusters         = 2
  automatic_failover_enabled = true
  multi_az_enabled           = true
}

resource "aws_elasticache_replication_group" "sharded" {
  replication_group_id    = "sharded"
  description             = "sharded"
  engine                  = "redis"
  node_type               = "cache.t4g.small"
  num_node_groups         = 2
  replicas_per_node_group = 1
}

resource "aws_elasticache_cluster" "member" {
  cluster_id           = "member"
  replication_group_id = aws_elasticache_replication_group.counted.id
}

resource "aws_elasticache_serverless_cache" "burst" {
  name   = "burst"
  engine = "valkey"

  cache_usage_limits {
    data_storage {
      minimum = 2
      maximum = 10
      unit    = "GB"
    }
  }
}

resource "aws_dynamodb_table" "all" {
  for_each       = local.tables
  name           = each.key
  billing_mode   = each.value
  hash_key       = "id"
  read_capacity  = each.value == "PROVISIONED" ? 5 : null
  write_capacity = each.value == "PROVISIONED" ? 3 : null
  table_class    = "STANDARD"

  attribute {
    name = "id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = false
  }
}

resource "aws_secretsmanager_secret" "keys" {
  name = "keys"

  dynamic "replica" {
    for_each = local.production ? [] : ["ap-northeast-1"]
    content {
      region = replica.value
    }
  }
}

resource "aws_ssm_parameter" "plain" {
  name  = "/plain"
  type  = "String"
  tier  = "Standard"
  value = "x"
}

resource "aws_ssm_parameter" "large" {
  name  = "/large"
  type  = "String"
  tier  = "Advanced"
  value = "x"
}

resource "aws_kms_key" "main" {
  count                   = local.production ? 1 : 0
  deletion_window_in_days = 30
}

resource "aws_s3_bucket" "files" {
  bucket = "files"
}

resource "aws_sns_topic" "alarms" {
  name = "alarms"
}

resource "aws_cloudwatch_metric_alarm" "cpu" {
  for_each            = { main = 80, old = 90 }
  alarm_name          = "cpu-${each.key}"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 2
  metric_name         = "CPUUtilization"
  namespace           = "AWS/RDS"
  statistic           = "Average"
  period              = 60
  threshold           = each.value
  alarm_actions       = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "ratio" {
  alarm_name          = "ratio"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  threshold           = 5

  metric_query {
    id          = "share"
    expression  = "wrong / all"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { wrong = "Errors", all = "Invocations" }
    content {
      id = metric_query.key

      metric {
        metric_name = metric_query.value
        namespace   = "AWS/Lambda"
        stat        = "Sum"
        period      = 30
      }
    }
  }
}

resource "aws_cloudwatch_composite_alarm" "any" {
  alarm_name = "any"
  alarm_rule = "ALARM(ratio)"
}

resource "aws_cloudwatch_dashboard" "main" {
  dashboard_name = "main"
  dashboard_body = jsonencode({ widgets = [] })
}
