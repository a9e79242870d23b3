# An environment as it comes, and a large one with three workers at least.
provider "aws" {
  region = "us-east-1"
}

resource "aws_mwaa_environment" "small" {
  name               = "small"
  dag_s3_path        = "dags/"
  execution_role_arn = "arn:aws:iam::123456789012:role/airflow"
  source_bucket_arn  = "arn:aws:s3:::airflow"

  network_configuration {
    security_group_ids = ["sg-1"]
    subnet_ids         = ["subnet-1", "subnet-2"]
  }
}

resource "aws_mwaa_environment" "large" {
  name               = "large"
  environment_class  = "mw1.large"
  min_workers        = 3
  schedulers         = 4
  dag_s3_path        = "dags/"
  execution_role_arn = "arn:aws:iam::123456789012:role/airflow"
  source_bucket_arn  = "arn:aws:s3:::airflow"

  network_configuration {
    security_group_ids = ["sg-1"]
    subnet_ids         = ["subnet-1", "subnet-2"]
  }
}
