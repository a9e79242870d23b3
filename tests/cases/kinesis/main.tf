provider "aws" {
  region = "ap-northeast-2"
}

# Two provisioned shards, kept a week.
resource "aws_kinesis_stream" "orders" {
  name             = "orders"
  shard_count      = 2
  retention_period = 168
}

# On demand, kept a month.
resource "aws_kinesis_stream" "clicks" {
  name             = "clicks"
  retention_period = 720

  stream_mode_details {
    stream_mode = "ON_DEMAND"
  }
}
