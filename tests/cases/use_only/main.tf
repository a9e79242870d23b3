provider "aws" {
  region = "ap-northeast-2"
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
