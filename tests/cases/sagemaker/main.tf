provider "aws" {
  region = "us-east-1"
}

resource "aws_sagemaker_endpoint_configuration" "rank" {
  production_variants {
    variant_name           = "main"
    model_name             = "rank"
    instance_type          = "ml.m5.large"
    initial_instance_count = 2
  }
}

resource "aws_sagemaker_endpoint" "rank" {
  endpoint_config_name = aws_sagemaker_endpoint_configuration.rank.name
}

resource "aws_sagemaker_endpoint_configuration" "rare" {
  production_variants {
    variant_name = "main"
    model_name   = "rare"

    serverless_config {
      max_concurrency   = 5
      memory_size_in_mb = 2048
    }
  }
}

resource "aws_sagemaker_notebook_instance" "lab" {
  name          = "lab"
  role_arn      = "arn:aws:iam::123456789012:role/lab"
  instance_type = "ml.t3.medium"
}
