terraform {
  # Locks a state by its bucket alone since 1.10.
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  # No backend: this root makes the bucket that keeps its state. `glimpse deploy` then writes backend_override.tf and
  # moves the state into the bucket.
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project     = "glimpse"
      Environment = var.name
      ManagedBy   = "terraform"
    }
  }
}
