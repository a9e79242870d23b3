# A RabbitMQ cluster with a disk for each of its three nodes, and an ActiveMQ broker of a type that nobody named.
provider "aws" {
  region = "us-east-1"
}

resource "aws_mq_broker" "events" {
  broker_name        = "events"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.m5.xlarge"
  deployment_mode    = "CLUSTER_MULTI_AZ"

  user {
    username = "events"
    password = "not a real password"
  }
}

resource "aws_mq_broker" "small" {
  broker_name        = "small"
  engine_type        = "ActiveMQ"
  engine_version     = "5.18"
  host_instance_type = "mq.t2.micro"

  user {
    username = "small"
    password = "not a real password"
  }
}

variable "broker_type" {
  type = string
}

resource "aws_mq_broker" "unknown" {
  broker_name           = "unknown"
  engine_type           = "ActiveMQ"
  engine_version        = "5.18"
  host_instance_type    = var.broker_type
  storage_type          = "ebs"
  data_replication_mode = "CRDR"

  user {
    username = "unknown"
    password = "not a real password"
  }
}
