provider "aws" {
  region = "ap-northeast-2"
}

# Mail has a price in the catalogue for one region only.
resource "aws_sns_topic" "alarms" {}
