provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_kinesis_stream" "clicks" {
  name             = "clicks"
  shard_count      = 4
  retention_period = 24
}

resource "aws_kinesis_stream" "audit" {
  name             = "audit"
  retention_period = 24

  stream_mode_details {
    stream_mode = "ON_DEMAND"
  }
}

# A day is what every stream keeps.
resource "aws_kinesis_stream" "orders" {
  name        = "orders"
  shard_count = 1
}
