# Prices are held for Virginia.
provider "aws" {
  region = "us-east-1"
}

resource "aws_directory_service_directory" "corporation" {
  name                                 = "corp.example.com"
  password                             = "not-a-secret"
  type                                 = "MicrosoftAD"
  edition                              = "Standard"
  desired_number_of_domain_controllers = 3

  vpc_settings {
    vpc_id     = "vpc-1"
    subnet_ids = ["subnet-1", "subnet-2"]
  }
}

resource "aws_directory_service_directory" "small" {
  name     = "small.example.com"
  password = "not-a-secret"
  size     = "Small"

  vpc_settings {
    vpc_id     = "vpc-1"
    subnet_ids = ["subnet-1", "subnet-2"]
  }
}
