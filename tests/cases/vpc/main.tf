provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_vpc_ipam" "all" {
  operating_regions {
    region_name = "ap-northeast-2"
  }
}

resource "aws_vpc_ipam" "free" {
  tier = "free"
  operating_regions {
    region_name = "ap-northeast-2"
  }
}

resource "aws_ec2_traffic_mirror_session" "suspect" {
  network_interface_id     = "eni-1"
  session_number           = 1
  traffic_mirror_filter_id = "tmf-1"
  traffic_mirror_target_id = "tmt-1"
}

resource "aws_vpclattice_service" "orders" {
  name = "orders"
}

resource "aws_vpc_peering_connection" "near" {
  vpc_id      = "vpc-1"
  peer_vpc_id = "vpc-2"
}

resource "aws_vpc_peering_connection" "far" {
  vpc_id      = "vpc-1"
  peer_vpc_id = "vpc-3"
  peer_region = "us-east-1"
}

# To CloudWatch Logs, where nothing else is said, and converted on the way to S3.
resource "aws_flow_log" "plain" {
  vpc_id          = "vpc-1"
  traffic_type    = "ALL"
  log_destination = "arn:aws:logs:ap-northeast-2:123456789012:log-group:flows"
}

resource "aws_flow_log" "columns" {
  vpc_id               = "vpc-1"
  traffic_type         = "ALL"
  log_destination_type = "s3"
  log_destination      = "arn:aws:s3:::flows"

  destination_options {
    file_format = "parquet"
  }
}
