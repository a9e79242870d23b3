provider "aws" {
  region = "ap-northeast-2"
}

# Mail has a price in the catalogue for one region only.
resource "aws_sns_topic" "alarms" {}

# A topic that tells an address and a queue of each thing.
resource "aws_sns_topic" "orders" {}

resource "aws_sns_topic_subscription" "shop" {
  topic_arn = aws_sns_topic.orders.arn
  protocol  = "https"
  endpoint  = "https://example.com/"
}

resource "aws_sns_topic_subscription" "queue" {
  topic_arn           = aws_sns_topic.orders.arn
  protocol            = "sqs"
  endpoint            = "arn:aws:sqs:ap-northeast-2:123456789012:orders"
  filter_policy_scope = "MessageBody"
}

# Two queues hear in order what this one publishes.
resource "aws_sns_topic" "payments" {
  name       = "payments.fifo"
  fifo_topic = true
}

resource "aws_sns_topic_subscription" "payments" {
  count     = 2
  topic_arn = aws_sns_topic.payments.arn
  protocol  = "sqs"
  endpoint  = "arn:aws:sqs:ap-northeast-2:123456789012:payments-${count.index}.fifo"
}

# It counts its own subscribers.
resource "aws_sns_topic" "news" {}

resource "aws_sns_platform_application" "phones" {
  name                = "phones"
  platform            = "GCM"
  platform_credential = "key"
}

resource "aws_sns_topic_data_protection_policy" "news" {
  arn    = aws_sns_topic.news.arn
  policy = "{}"
}
