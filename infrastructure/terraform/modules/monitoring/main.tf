locals {
  usable_connections = var.database_max_connections - var.database_reserved_connections
  database_threshold = coalesce(var.database_connections_threshold, floor(0.8 * local.usable_connections))

  service  = { ClusterName = var.cluster_name, ServiceName = var.service_name }
  database = { DBInstanceIdentifier = var.database_identifier }

  # RDS enlarges a disk of which less than a tenth is free, at most every six hours. So less than a twentieth means that
  # it cannot; and a disk that nobody enlarges leaves a person some days to do it.
  free_storage_share = var.database_grows ? 0.05 : 0.15

  # CPU credits that a T4g or T3 earns in an hour (EC2 user guide, burstable performance instances).
  credits_an_hour = { micro = 12, small = 24, medium = 24, large = 36, xlarge = 96, "2xlarge" = 192 }
}

# Alarms cannot publish to a topic under the key that AWS manages for SNS: its policy does not know CloudWatch.
# A key of one's own costs a dollar a month, and what passes here is no secret.
resource "aws_sns_topic" "this" {
  name = "${var.name}-alarms"
}

resource "aws_sns_topic_policy" "this" {
  arn = aws_sns_topic.this.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "AlarmsAndBudgets"
      Effect    = "Allow"
      Principal = { Service = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"] }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.this.arn
      Condition = { StringEquals = { "aws:SourceAccount" = aws_sns_topic.this.owner } }
    }]
  })
}

resource "aws_sns_topic_subscription" "email" {
  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

resource "aws_cloudwatch_metric_alarm" "cpu" {
  alarm_name          = "${var.name}-cpu"
  alarm_description   = "The tasks have been busy for ten minutes: autoscaling is not keeping up."
  namespace           = "AWS/ECS"
  metric_name         = "CPUUtilization"
  dimensions          = local.service
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 10
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.cpu_threshold
  treat_missing_data  = "missing"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]
}

resource "aws_cloudwatch_metric_alarm" "memory" {
  alarm_name          = "${var.name}-memory"
  alarm_description   = "The tasks have been close to their memory limit for ten minutes; at the limit they are killed."
  namespace           = "AWS/ECS"
  metric_name         = "MemoryUtilization"
  dimensions          = local.service
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 10
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.memory_threshold
  treat_missing_data  = "missing"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]
}

# Each running task gives one sample a minute, so the samples count the tasks. No sample: no task. Where that is
# meant to be at night, it says nothing at any hour.
resource "aws_cloudwatch_metric_alarm" "running_tasks" {
  alarm_name          = "${var.name}-running-tasks"
  alarm_description   = "Fewer tasks than the minimum are running."
  namespace           = "AWS/ECS"
  metric_name         = "CPUUtilization"
  dimensions          = local.service
  statistic           = "SampleCount"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "LessThanThreshold"
  threshold           = var.min_capacity
  treat_missing_data  = var.night_off ? "notBreaching" : "breaching"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]
}

# Some errors are made by the tasks and some, such as the 502 of a dropped connection, by the balancer alone.
# Neither metric exists while it is zero, and a sum with a missing part is missing: hence FILL.
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${var.name}-5xx"
  alarm_description   = "Clients are getting server errors."
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.errors_threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]

  metric_query {
    id          = "errors"
    label       = "5xx answers"
    expression  = "FILL(balancer, 0) + FILL(tasks, 0)"
    return_data = true
  }

  metric_query {
    id = "balancer"

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "HTTPCode_ELB_5XX_Count"
      dimensions  = { LoadBalancer = var.balancers[0].balancer }
      stat        = "Sum"
      period      = 300
    }
  }

  metric_query {
    id = "tasks"

    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "HTTPCode_Target_5XX_Count"
      dimensions  = { LoadBalancer = var.balancers[0].balancer }
      stat        = "Sum"
      period      = 300
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "database_connections" {
  alarm_name          = "${var.name}-database-connections"
  alarm_description   = "The database is running out of connections; the next deploy may not get its own."
  namespace           = "AWS/RDS"
  metric_name         = "DatabaseConnections"
  dimensions          = local.database
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = local.database_threshold
  treat_missing_data  = "missing"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]
}

# Running is not answering: a task that fails its health check gets no request.
resource "aws_cloudwatch_metric_alarm" "healthy_tasks" {
  count = length(var.balancers)

  alarm_name          = "${var.balancers[count.index].name}-healthy-tasks"
  alarm_description   = "Fewer tasks than the minimum answer the balancer's health check."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HealthyHostCount"
  dimensions          = { LoadBalancer = var.balancers[count.index].balancer, TargetGroup = var.balancers[count.index].target_group }
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "LessThanThreshold"
  threshold           = var.min_capacity
  treat_missing_data  = var.night_off ? "notBreaching" : "breaching"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]
}

resource "aws_cloudwatch_metric_alarm" "database_storage" {
  alarm_name          = "${var.name}-database-storage"
  alarm_description   = "The database's disk is almost full; a full one stops the database. ${var.database_grows ? "RDS has not enlarged it: raise database_max_storage_gb." : "Nobody enlarges it: set database_max_storage_gb."}"
  namespace           = "AWS/RDS"
  metric_name         = "FreeStorageSpace"
  dimensions          = local.database
  statistic           = "Minimum"
  period              = 300
  evaluation_periods  = 3
  comparison_operator = "LessThanThreshold"
  threshold           = floor(local.free_storage_share * var.database_storage_gb * pow(1024, 3))
  treat_missing_data  = "missing"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]
}

# RDS never slows a T4g down: it spends credits that are not earned yet, and in the end charges them. A database that
# was just made has no credits; it has earned an hour's within the three hours that the alarm waits.
resource "aws_cloudwatch_metric_alarm" "database_credits" {
  count = startswith(var.database_class, "db.t") ? 1 : 0

  alarm_name          = "${var.name}-database-credits"
  alarm_description   = "The database has used more CPU than it earns for hours, and has no credits left. If it stays so, the surplus is charged."
  namespace           = "AWS/RDS"
  metric_name         = "CPUCreditBalance"
  dimensions          = local.database
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 36
  comparison_operator = "LessThanThreshold"
  threshold           = lookup(local.credits_an_hour, split(".", var.database_class)[2], 24)
  treat_missing_data  = "missing"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]
}

resource "aws_cloudwatch_metric_alarm" "database_surplus" {
  count = startswith(var.database_class, "db.t") ? 1 : 0

  alarm_name          = "${var.name}-database-surplus"
  alarm_description   = "CPU credits of the database are being charged, each vCPU-hour by itself: a larger class may cost less."
  namespace           = "AWS/RDS"
  metric_name         = "CPUSurplusCreditsCharged"
  dimensions          = local.database
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]
}

# The group replaces an instance that fails within two to three minutes; meanwhile no task can start.
resource "aws_cloudwatch_metric_alarm" "nat_instance" {
  count = var.egress == "nat_instance" ? 1 : 0

  alarm_name          = "${var.name}-nat"
  alarm_description   = "No NAT instance has been running for five minutes: no task can start, and nothing is logged."
  namespace           = "AWS/AutoScaling"
  metric_name         = "GroupInServiceInstances"
  dimensions          = { AutoScalingGroupName = var.nat.group }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]

  # The cost planner reads it, to know that the alarm goes with the NAT.
  tags = { "glimpse:role" = "nat" }
}

# AWS keeps a gateway running. What it cannot do is open more than 55,000 connections to one address.
resource "aws_cloudwatch_metric_alarm" "nat_gateway" {
  count = var.egress == "nat_gateway" ? 1 : 0

  alarm_name          = "${var.name}-nat"
  alarm_description   = "The NAT gateway refuses connections: it has no free port for that destination."
  namespace           = "AWS/NATGateway"
  metric_name         = "ErrorPortAllocation"
  dimensions          = { NatGatewayId = var.nat.gateway }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]
}

resource "aws_budgets_budget" "monthly" {
  name         = "${var.name}-monthly"
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = tostring(var.monthly_budget_usd)
  limit_unit   = "USD"

  notification {
    notification_type         = "ACTUAL"
    comparison_operator       = "GREATER_THAN"
    threshold_type            = "PERCENTAGE"
    threshold                 = 80
    subscriber_sns_topic_arns = [aws_sns_topic.this.arn]
  }

  notification {
    notification_type         = "ACTUAL"
    comparison_operator       = "GREATER_THAN"
    threshold_type            = "PERCENTAGE"
    threshold                 = 100
    subscriber_sns_topic_arns = [aws_sns_topic.this.arn]
  }

  # A budget refuses a topic that does not let it publish.
  depends_on = [aws_sns_topic_policy.this]
}
