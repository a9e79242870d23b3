provider "aws" {
  region = "us-east-1"
}

resource "aws_dynamodb_table" "audit" {
  name         = "audit"
  billing_mode = "PAY_PER_REQUEST"
  table_class  = "STANDARD_INFREQUENT_ACCESS"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}
