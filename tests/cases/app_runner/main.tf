# A service built from source with two instances at least, where App Runner's prices are held; and one as it comes.
provider "aws" {
  region = "ap-southeast-1"
}

resource "aws_apprunner_auto_scaling_configuration_version" "two" {
  auto_scaling_configuration_name = "two"
  min_size                        = 2
}

resource "aws_apprunner_service" "api" {
  service_name                   = "api"
  auto_scaling_configuration_arn = aws_apprunner_auto_scaling_configuration_version.two.arn

  source_configuration {
    auto_deployments_enabled = false

    code_repository {
      repository_url = "https://example.com/api"

      source_code_version {
        type  = "BRANCH"
        value = "main"
      }
    }
  }

  instance_configuration {
    cpu    = "512"
    memory = "1 GB"
  }
}

resource "aws_apprunner_service" "page" {
  service_name = "page"

  source_configuration {
    image_repository {
      image_identifier      = "123456789012.dkr.ecr.ap-southeast-1.amazonaws.com/page:1"
      image_repository_type = "ECR"
    }
  }
}
