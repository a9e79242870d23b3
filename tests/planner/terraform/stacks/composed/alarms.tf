resource "aws_cloudwatch_metric_alarm" "service" {
  for_each            = { for name, service in module.service : name => service.name if service.tasks > 2 }
  alarm_name          = each.value
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  metric_name         = "CPUUtilization"
  namespace           = "AWS/ECS"
  statistic           = "Average"
  period              = 60
  threshold           = 80
  alarm_actions       = [for topic in aws_sns_topic.alarms : topic.arn]
}

resource "aws_sns_topic" "alarms" {
  count = length(module.network.private) > 1 ? 1 : 0
  name  = "alarms"
}
