provider "aws" {
  region = "ap-northeast-2"
}

# Started with a parallelism of 4, two on each KPU; one KPU more orchestrates.
resource "aws_kinesisanalyticsv2_application" "alerts" {
  name                   = "alerts"
  runtime_environment    = "FLINK-1_20"
  service_execution_role = "arn:aws:iam::123456789012:role/flink"
  start_application      = true

  application_configuration {
    application_code_configuration {
      code_content_type = "ZIPFILE"
    }

    flink_application_configuration {
      parallelism_configuration {
        configuration_type  = "CUSTOM"
        parallelism         = 4
        parallelism_per_kpu = 2
      }
    }
  }
}

resource "aws_kinesisanalyticsv2_application_snapshot" "alerts" {
  application_name = aws_kinesisanalyticsv2_application.alerts.name
  snapshot_name    = "before"
}

# People start this one when they need it.
resource "aws_kinesisanalyticsv2_application" "backfill" {
  name                   = "backfill"
  runtime_environment    = "FLINK-1_20"
  service_execution_role = "arn:aws:iam::123456789012:role/flink"
}
