provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_athena_workgroup" "reports" {
  name = "reports"
}

resource "aws_athena_workgroup" "notebooks" {
  name = "notebooks"

  configuration {
    engine_version {
      selected_engine_version = "PySpark engine version 3"
    }
  }
}

# Charged by the hour, whatever is queried.
resource "aws_athena_capacity_reservation" "reports" {
  name        = "reports"
  target_dpus = 24
}
