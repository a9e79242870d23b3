provider "aws" {
  region = "us-east-1"
}

# Records of 2 KB, each charged as 5 KB, converted to Parquet.
resource "aws_kinesis_firehose_delivery_stream" "events" {
  name        = "events"
  destination = "extended_s3"

  extended_s3_configuration {
    role_arn   = "arn:aws:iam::123456789012:role/firehose"
    bucket_arn = "arn:aws:s3:::events"

    dynamic_partitioning_configuration {
      enabled = true
    }

    processing_configuration {
      enabled = true

      processors {
        type = "MetadataExtraction"

        parameters {
          parameter_name  = "MetadataExtractionQuery"
          parameter_value = "{tenant:.tenant}"
        }
      }
    }

    data_format_conversion_configuration {
      input_format_configuration {
        deserializer {
          open_x_json_ser_de {}
        }
      }

      output_format_configuration {
        serializer {
          parquet_ser_de {}
        }
      }

      schema_configuration {
        database_name = "events"
        table_name    = "events"
        role_arn      = "arn:aws:iam::123456789012:role/firehose"
      }
    }
  }
}

# Into a VPC, in two zones.
resource "aws_kinesis_firehose_delivery_stream" "logs" {
  name        = "logs"
  destination = "opensearch"

  opensearch_configuration {
    domain_arn = "arn:aws:es:us-east-1:123456789012:domain/logs"
    role_arn   = "arn:aws:iam::123456789012:role/firehose"
    index_name = "logs"

    s3_configuration {
      role_arn   = "arn:aws:iam::123456789012:role/firehose"
      bucket_arn = "arn:aws:s3:::logs"
    }

    vpc_config {
      role_arn           = "arn:aws:iam::123456789012:role/firehose"
      security_group_ids = ["sg-a"]
      subnet_ids         = ["subnet-a", "subnet-b"]
    }
  }
}

# From Kafka another price applies.
resource "aws_kinesis_firehose_delivery_stream" "topics" {
  name        = "topics"
  destination = "extended_s3"

  msk_source_configuration {
    msk_cluster_arn = "arn:aws:kafka:us-east-1:123456789012:cluster/topics/1"
    topic_name      = "topics"

    authentication_configuration {
      connectivity = "PRIVATE"
      role_arn     = "arn:aws:iam::123456789012:role/firehose"
    }
  }

  extended_s3_configuration {
    role_arn   = "arn:aws:iam::123456789012:role/firehose"
    bucket_arn = "arn:aws:s3:::topics"
  }
}
