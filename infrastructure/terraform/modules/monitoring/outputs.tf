output "topic_arn" {
  description = "Topic of the alarms and the budget."
  value       = aws_sns_topic.this.arn
}
