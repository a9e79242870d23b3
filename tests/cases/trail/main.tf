provider "aws" {
  region = "us-east-1"
}

resource "aws_cloudtrail" "all" {
  name           = "all"
  s3_bucket_name = "trails"

  insight_selector {
    insight_type = "ApiCallRateInsight"
  }
}

# Data events alone.
resource "aws_cloudtrail" "objects" {
  name           = "objects"
  s3_bucket_name = "trails"

  advanced_event_selector {
    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }
  }
}

resource "aws_cloudtrail" "stopped" {
  name           = "stopped"
  s3_bucket_name = "trails"
  enable_logging = false
}

resource "aws_cloudtrail_event_data_store" "lake" {
  name = "lake"
}
