provider "aws" {
  region = "us-east-1"
}

# Three data nodes with a disk each, three masters, two warm nodes.
resource "aws_opensearch_domain" "logs" {
  domain_name    = "logs"
  engine_version = "OpenSearch_2.19"

  cluster_config {
    instance_type            = "r6g.large.search"
    instance_count           = 3
    zone_awareness_enabled   = true
    dedicated_master_enabled = true
    dedicated_master_type    = "m6g.large.search"
    dedicated_master_count   = 3
    warm_enabled             = true
    warm_type                = "ultrawarm1.medium.search"
    warm_count               = 2

    cold_storage_options {
      enabled = true
    }
  }

  # 400 GiB include 250 MiB/s and 3,000 IOPS.
  ebs_options {
    ebs_enabled = true
    volume_type = "gp3"
    volume_size = 400
    throughput  = 300
    iops        = 4000
  }
}

# The old type, and a version in extended support.
resource "aws_elasticsearch_domain" "old" {
  domain_name           = "old"
  elasticsearch_version = "7.4"

  cluster_config {
    instance_type = "t3.medium.elasticsearch"
  }

  ebs_options {
    ebs_enabled = true
    volume_size = 10
  }
}

variable "nodes" {
  type = number
}

# How many nodes, nobody said; disks are their own.
resource "aws_opensearch_domain" "unknown" {
  domain_name    = "unknown"
  engine_version = "OpenSearch_2.19"

  cluster_config {
    instance_type  = "i4i.large.search"
    instance_count = var.nodes
  }
}
