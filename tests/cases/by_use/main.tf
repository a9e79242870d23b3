provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_glacier_vault" "tapes" {
  name = "tapes"
}

resource "aws_datasync_task" "copy" {
  source_location_arn      = "arn:aws:datasync:ap-northeast-2:123456789012:location/loc-1"
  destination_location_arn = "arn:aws:datasync:ap-northeast-2:123456789012:location/loc-2"
  task_mode                = "ENHANCED"
}

resource "aws_storagegateway_gateway" "office" {
  gateway_name     = "office"
  gateway_timezone = "GMT+9:00"
  gateway_type     = "FILE_S3"
}

resource "aws_xray_sampling_rule" "some" {
  rule_name      = "some"
  priority       = 100
  reservoir_size = 1
  fixed_rate     = 0.05
  host           = "*"
  http_method    = "*"
  service_name   = "*"
  service_type   = "*"
  url_path       = "*"
  resource_arn   = "*"
  version        = 1
}

# Who reads these logs no workload says.
resource "aws_cloudwatch_log_group" "audit" {
  log_group_class = "INFREQUENT_ACCESS"
}

# Charged by use alone: nobody said how much, so it is usage that was not given.
resource "aws_location_map" "stores" {
  map_name = "stores"

  configuration {
    style = "VectorEsriStreets"
  }
}

resource "aws_iot_topic_rule" "readings" {
  name        = "readings"
  enabled     = true
  sql         = "SELECT * FROM 'readings'"
  sql_version = "2016-03-23"
}

# Somebody said: now it costs something that has no price here.
resource "aws_rekognition_collection" "faces" {
  collection_id = "faces"
}
