provider "aws" {
  region = "eu-west-1"
}

resource "aws_eks_cluster" "apps" {
  name     = "apps"
  role_arn = "arn:aws:iam::123456789012:role/apps"
  version  = "1.30"

  vpc_config {
    subnet_ids = ["subnet-0123456789abcdef0", "subnet-0fedcba9876543210"]
  }
}

# AWS upgrades it by itself: there is no surcharge.
resource "aws_eks_cluster" "tests" {
  name     = "tests"
  role_arn = "arn:aws:iam::123456789012:role/tests"
  version  = "1.30"

  upgrade_policy {
    support_type = "STANDARD"
  }

  vpc_config {
    subnet_ids = ["subnet-0123456789abcdef0", "subnet-0fedcba9876543210"]
  }
}
