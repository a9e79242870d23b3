terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  # State is local until a backend is chosen. Before a second person applies, add one that locks, for example:
  #   backend "s3" { bucket = "...", key = "startup-prod", region = "ap-northeast-2", use_lockfile = true }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project     = "glimpse"
      Environment = "startup-prod"
      ManagedBy   = "terraform"
    }
  }
}
