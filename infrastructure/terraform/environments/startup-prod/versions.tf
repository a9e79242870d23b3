terraform {
  # Locks a state by its bucket alone since 1.10.
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  # The bucket is the bootstrap's. `glimpse deploy` names it; by hand:
  #   terraform init -backend-config=bucket=glimpse-prod-terraform-ACCOUNT -backend-config=region=ap-northeast-2
  backend "s3" {
    key          = "environment.tfstate"
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}
