provider "aws" {
  region = "us-east-1"
}

resource "aws_glue_catalog_database" "events" {
  name = "events"
}

resource "aws_glue_crawler" "events" {
  name          = "events"
  database_name = aws_glue_catalog_database.events.name
  role          = "arn:aws:iam::123456789012:role/glue"

  s3_target {
    path = "s3://events"
  }
}

# Ten workers of two DPUs each.
resource "aws_glue_job" "daily" {
  name              = "daily"
  role_arn          = "arn:aws:iam::123456789012:role/glue"
  worker_type       = "G.2X"
  number_of_workers = 10

  command {
    script_location = "s3://scripts/daily.py"
  }
}

resource "aws_glue_job" "flexible" {
  name              = "flexible"
  role_arn          = "arn:aws:iam::123456789012:role/glue"
  worker_type       = "G.1X"
  number_of_workers = 4
  execution_class   = "FLEX"

  command {
    script_location = "s3://scripts/flexible.py"
  }
}

# A sixteenth of a DPU, where nothing is stated.
resource "aws_glue_job" "small" {
  name     = "small"
  role_arn = "arn:aws:iam::123456789012:role/glue"

  command {
    name            = "pythonshell"
    script_location = "s3://scripts/small.py"
  }
}

resource "aws_glue_dev_endpoint" "notebook" {
  name            = "notebook"
  role_arn        = "arn:aws:iam::123456789012:role/glue"
  number_of_nodes = 2
}
