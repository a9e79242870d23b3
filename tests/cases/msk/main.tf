provider "aws" {
  region = "ap-northeast-2"
}

# Three brokers with 100 GiB each, tiered storage, reached from other VPCs by two schemes.
resource "aws_msk_cluster" "events" {
  cluster_name           = "events"
  kafka_version          = "3.8.x"
  number_of_broker_nodes = 3
  storage_mode           = "TIERED"
  enhanced_monitoring    = "PER_BROKER"

  broker_node_group_info {
    instance_type   = "kafka.m7g.large"
    client_subnets  = ["subnet-a", "subnet-b", "subnet-c"]
    security_groups = ["sg-a"]

    storage_info {
      ebs_storage_info {
        volume_size = 100
      }
    }

    connectivity_info {
      vpc_connectivity {
        client_authentication {
          sasl {
            iam   = true
            scram = true
          }
        }
      }
    }
  }
}

# Storage that scales is charged at the least.
resource "aws_msk_cluster" "growing" {
  cluster_name           = "growing"
  kafka_version          = "3.8.x"
  number_of_broker_nodes = 2

  broker_node_group_info {
    instance_type   = "kafka.t3.small"
    client_subnets  = ["subnet-a", "subnet-b"]
    security_groups = ["sg-a"]

    storage_info {
      ebs_storage_info {
        volume_size = 1000
      }
    }
  }
}

resource "aws_appautoscaling_target" "growing" {
  service_namespace  = "kafka"
  resource_id        = aws_msk_cluster.growing.arn
  scalable_dimension = "kafka:broker-storage:VolumeSize"
  min_capacity       = 50
  max_capacity       = 500
}

resource "aws_msk_cluster" "express" {
  cluster_name           = "express"
  kafka_version          = "3.8.x"
  number_of_broker_nodes = 3

  broker_node_group_info {
    instance_type   = "express.m7g.large"
    client_subnets  = ["subnet-a", "subnet-b", "subnet-c"]
    security_groups = ["sg-a"]
  }
}

resource "aws_msk_serverless_cluster" "clicks" {
  cluster_name = "clicks"

  vpc_config {
    subnet_ids = ["subnet-a", "subnet-b"]
  }

  client_authentication {
    sasl {
      iam {
        enabled = true
      }
    }
  }
}

# From 1 worker to 3, of 2 MCUs each.
resource "aws_mskconnect_connector" "sink" {
  name                       = "sink"
  kafkaconnect_version       = "2.7.1"
  service_execution_role_arn = "arn:aws:iam::123456789012:role/sink"
  connector_configuration    = { "tasks.max" = "1" }

  capacity {
    autoscaling {
      mcu_count        = 2
      min_worker_count = 1
      max_worker_count = 3
    }
  }

  kafka_cluster {
    apache_kafka_cluster {
      bootstrap_servers = "b-1:9092"

      vpc {
        security_groups = ["sg-a"]
        subnets         = ["subnet-a"]
      }
    }
  }

  kafka_cluster_client_authentication {
    authentication_type = "NONE"
  }

  kafka_cluster_encryption_in_transit {
    encryption_type = "TLS"
  }

  plugin {
    custom_plugin {
      arn      = "arn:aws:kafkaconnect:ap-northeast-2:123456789012:custom-plugin/sink"
      revision = 1
    }
  }
}

resource "aws_msk_replicator" "copy" {
  replicator_name            = "copy"
  service_execution_role_arn = "arn:aws:iam::123456789012:role/copy"

  kafka_cluster {
    amazon_msk_cluster {
      msk_cluster_arn = aws_msk_cluster.events.arn
    }

    vpc_config {
      subnet_ids = ["subnet-a"]
    }
  }

  kafka_cluster {
    amazon_msk_cluster {
      msk_cluster_arn = aws_msk_cluster.growing.arn
    }

    vpc_config {
      subnet_ids = ["subnet-a"]
    }
  }

  replication_info_list {
    source_kafka_cluster_arn = aws_msk_cluster.events.arn
    target_kafka_cluster_arn = aws_msk_cluster.growing.arn
    target_compression_type  = "NONE"

    topic_replication {
      topics_to_replicate = [".*"]
    }

    consumer_group_replication {
      consumer_groups_to_replicate = [".*"]
    }
  }
}
