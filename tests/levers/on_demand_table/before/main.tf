provider "aws" {
  region = "us-east-1"
}

resource "aws_dynamodb_table" "carts" {
  name           = "carts"
  read_capacity  = 50
  write_capacity = 50
  hash_key       = "id"

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "owner"
    type = "S"
  }

  global_secondary_index {
    name            = "by-owner"
    hash_key        = "owner"
    projection_type = "KEYS_ONLY"
    read_capacity   = 10
    write_capacity  = 50
  }
}

# Scaled, so that it stays.
resource "aws_dynamodb_table" "orders" {
  name           = "orders"
  read_capacity  = 20
  write_capacity = 20
  hash_key       = "id"

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_appautoscaling_target" "orders" {
  service_namespace  = "dynamodb"
  resource_id        = "table/${aws_dynamodb_table.orders.name}"
  scalable_dimension = "dynamodb:table:ReadCapacityUnits"
  min_capacity       = 20
  max_capacity       = 200
}
