# Tables on demand, with provisioned capacity that scales, of the infrequent-access class, and copied to another region.
provider "aws" {
  region = "ap-northeast-2"
}

provider "aws" {
  alias  = "tokyo"
  region = "ap-northeast-1"
}

resource "aws_dynamodb_table" "messages" {
  name           = "messages"
  billing_mode   = "PAY_PER_REQUEST"
  hash_key       = "conversation"
  range_key      = "seq"
  stream_enabled = true

  point_in_time_recovery {
    enabled = true
  }

  replica {
    region_name = "us-west-2"
  }
}

# Its own capacity, and that of an index; both are charged.
resource "aws_dynamodb_table" "steady" {
  name           = "steady"
  hash_key       = "id"
  read_capacity  = 5
  write_capacity = 2

  global_secondary_index {
    name            = "by-owner"
    hash_key        = "owner"
    projection_type = "ALL"
    read_capacity   = 3
    write_capacity  = 1
  }
}

# Scaled: charged at the least, whatever the table states.
resource "aws_dynamodb_table" "orders" {
  name           = "orders"
  hash_key       = "id"
  read_capacity  = 100
  write_capacity = 2
}

resource "aws_appautoscaling_target" "orders_reads" {
  service_namespace  = "dynamodb"
  resource_id        = "table/${aws_dynamodb_table.orders.name}"
  scalable_dimension = "dynamodb:table:ReadCapacityUnits"
  min_capacity       = 10
  max_capacity       = 40
}

resource "aws_dynamodb_table_replica" "orders" {
  provider         = aws.tokyo
  global_table_arn = aws_dynamodb_table.orders.arn
}

resource "aws_dynamodb_table" "archive" {
  name           = "archive"
  hash_key       = "id"
  table_class    = "STANDARD_INFREQUENT_ACCESS"
  read_capacity  = 1
  write_capacity = 1
}

resource "aws_dynamodb_kinesis_streaming_destination" "orders" {
  table_name = aws_dynamodb_table.orders.name
  stream_arn = "arn:aws:kinesis:ap-northeast-2:123456789012:stream/orders"
}

# Two rules for a key without a sort key.
resource "aws_dynamodb_contributor_insights" "orders" {
  table_name = aws_dynamodb_table.orders.name
}

resource "aws_dynamodb_table_export" "orders" {
  table_arn = aws_dynamodb_table.orders.arn
  s3_bucket = "exports"
}

# An import and a restore: each is charged once.
resource "aws_dynamodb_table" "imported" {
  name         = "imported"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  import_table {
    input_format = "CSV"

    s3_bucket_source {
      bucket = "imports"
    }
  }
}

resource "aws_dynamodb_table" "restored" {
  name                = "restored"
  billing_mode        = "PAY_PER_REQUEST"
  hash_key            = "id"
  restore_source_name = "messages"
}
