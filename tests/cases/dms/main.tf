provider "aws" {
  region = "us-east-1"
}

# 20 GiB beyond the 50 that come with a burstable instance, in two zones; and one that stays within them.
resource "aws_dms_replication_instance" "pair" {
  replication_instance_id    = "pair"
  replication_instance_class = "dms.t2.micro"
  allocated_storage          = 70
  multi_az                   = true
  publicly_accessible        = true
}

resource "aws_dms_replication_instance" "small" {
  replication_instance_id    = "small"
  replication_instance_class = "dms.t2.micro"
}

resource "aws_dms_replication_config" "serverless" {
  replication_config_identifier = "serverless"
  replication_type              = "cdc"
  source_endpoint_arn           = "arn:aws:dms:us-east-1:123456789012:endpoint:a"
  target_endpoint_arn           = "arn:aws:dms:us-east-1:123456789012:endpoint:b"
  table_mappings                = "{}"

  compute_config {
    replication_subnet_group_id = "default"
    max_capacity_units          = 8
  }
}
