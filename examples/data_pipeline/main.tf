# Click events: a stream, a lake in S3, jobs that tidy it, a warehouse, a search domain and a fleet of workers.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      owner       = "data-engineering"
      cost-center = "analytics"
      environment = "production"
    }
  }
}

locals {
  name = "events-production"
}

# The buckets of the lake: raw events, tidied tables, and what queries leave.

module "lake" {
  source   = "./modules/lake"
  for_each = toset(["raw", "curated", "athena-results", "artifacts"])

  name = "${var.bucket_prefix}-${each.value}"
}

# Stream and delivery

resource "aws_kinesis_stream" "clicks" {
  name             = "${local.name}-clicks"
  shard_count      = 16
  retention_period = 72
  encryption_type  = "KMS"
  kms_key_id       = "alias/aws/kinesis"

  stream_mode_details {
    stream_mode = "PROVISIONED"
  }
}

resource "aws_cloudwatch_log_group" "firehose" {
  name = "/aws/kinesisfirehose/${local.name}"
}

resource "aws_kinesis_firehose_delivery_stream" "raw" {
  name        = "${local.name}-raw"
  destination = "extended_s3"

  kinesis_source_configuration {
    kinesis_stream_arn = aws_kinesis_stream.clicks.arn
    role_arn           = aws_iam_role.pipeline.arn
  }

  extended_s3_configuration {
    role_arn            = aws_iam_role.pipeline.arn
    bucket_arn          = module.lake["raw"].arn
    prefix              = "clicks/dt=!{timestamp:yyyy-MM-dd}/"
    error_output_prefix = "errors/!{firehose:error-output-type}/"
    buffering_size      = 128
    buffering_interval  = 300
    compression_format  = "GZIP"

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.firehose.name
      log_stream_name = "s3"
    }
  }
}

resource "aws_kinesis_firehose_delivery_stream" "search" {
  name        = "${local.name}-search"
  destination = "opensearch"

  kinesis_source_configuration {
    kinesis_stream_arn = aws_kinesis_stream.clicks.arn
    role_arn           = aws_iam_role.pipeline.arn
  }

  opensearch_configuration {
    domain_arn            = aws_opensearch_domain.explore.arn
    role_arn              = aws_iam_role.pipeline.arn
    index_name            = "clicks"
    index_rotation_period = "OneDay"
    s3_backup_mode        = "FailedDocumentsOnly"

    s3_configuration {
      role_arn   = aws_iam_role.pipeline.arn
      bucket_arn = module.lake["raw"].arn
      prefix     = "search-failed/"
    }
  }
}

# Role of everything that moves data

resource "aws_iam_role" "pipeline" {
  name = local.name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = "sts:AssumeRole"
      Principal = {
        Service = [for name in ["firehose", "glue", "lambda", "states", "redshift", "ec2"] : "${name}.amazonaws.com"]
      }
    }]
  })
}

# Catalogue, crawler, jobs and queries

resource "aws_glue_catalog_database" "clicks" {
  name = "clicks"
}

resource "aws_glue_crawler" "raw" {
  name          = "${local.name}-raw"
  database_name = aws_glue_catalog_database.clicks.name
  role          = aws_iam_role.pipeline.arn
  schedule      = "cron(15 * * * ? *)"

  s3_target {
    path = "s3://${module.lake["raw"].id}/clicks/"
  }
}

resource "aws_glue_job" "sessions" {
  for_each = { sessionize = 10, aggregate = 6 }

  name              = "${local.name}-${each.key}"
  role_arn          = aws_iam_role.pipeline.arn
  glue_version      = "4.0"
  worker_type       = "G.1X"
  number_of_workers = each.value
  timeout           = 120

  command {
    script_location = "s3://${module.lake["artifacts"].id}/jobs/${each.key}.py"
    python_version  = "3"
  }

  default_arguments = {
    "--enable-metrics"      = "true"
    "--job-bookmark-option" = "job-bookmark-enable"
    "--TempDir"             = "s3://${module.lake["artifacts"].id}/tmp/"
  }
}

resource "aws_athena_workgroup" "analysts" {
  name = "analysts"

  configuration {
    enforce_workgroup_configuration = true

    result_configuration {
      output_location = "s3://${module.lake["athena-results"].id}/"
    }
  }
}

# Orchestration

resource "aws_lambda_function" "step" {
  for_each = toset(["partition_checker", "quality_checker", "notifier"])

  function_name = "${local.name}-${replace(each.value, "_", "-")}"
  role          = aws_iam_role.pipeline.arn
  runtime       = "python3.12"
  handler       = "${each.value}.handler"
  filename      = "${path.module}/build/${each.value}.zip"
  memory_size   = 1024
  timeout       = 300
}

resource "aws_cloudwatch_log_group" "step" {
  for_each = aws_lambda_function.step

  name = "/aws/lambda/${each.value.function_name}"
}

resource "aws_sfn_state_machine" "nightly" {
  name     = "${local.name}-nightly"
  role_arn = aws_iam_role.pipeline.arn
  type     = "STANDARD"

  definition = jsonencode({
    StartAt = "CheckPartitions"
    States = {
      CheckPartitions = {
        Type     = "Task"
        Resource = aws_lambda_function.step["partition_checker"].arn
        Next     = "Sessionize"
      }
      Sessionize = {
        Type       = "Task"
        Resource   = "arn:aws:states:::glue:startJobRun.sync"
        Parameters = { JobName = aws_glue_job.sessions["sessionize"].name }
        Next       = "Notify"
      }
      Notify = {
        Type     = "Task"
        Resource = aws_lambda_function.step["notifier"].arn
        End      = true
      }
    }
  })
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "${local.name}-nightly"
  schedule_expression = "cron(0 3 * * ? *)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule     = aws_cloudwatch_event_rule.nightly.name
  arn      = aws_sfn_state_machine.nightly.arn
  role_arn = aws_iam_role.pipeline.arn
}

# Warehouse and search

resource "aws_redshift_subnet_group" "this" {
  name       = local.name
  subnet_ids = aws_subnet.private[*].id
}

resource "aws_redshift_cluster" "warehouse" {
  cluster_identifier                  = local.name
  database_name                       = "analytics"
  master_username                     = "analytics"
  manage_master_password              = true
  node_type                           = "ra3.xlplus"
  cluster_type                        = "multi-node"
  number_of_nodes                     = 4
  cluster_subnet_group_name           = aws_redshift_subnet_group.this.name
  encrypted                           = true
  automated_snapshot_retention_period = 7
  iam_roles                           = [aws_iam_role.pipeline.arn]
}

resource "aws_opensearch_domain" "explore" {
  domain_name    = "clicks"
  engine_version = "OpenSearch_2.17"

  cluster_config {
    instance_type            = "r5.large.search"
    instance_count           = 3
    zone_awareness_enabled   = true
    dedicated_master_enabled = true
    dedicated_master_type    = "c5.large.search"
    dedicated_master_count   = 3

    zone_awareness_config {
      availability_zone_count = 3
    }
  }

  ebs_options {
    ebs_enabled = true
    volume_type = "gp2"
    volume_size = 500
  }

  encrypt_at_rest {
    enabled = true
  }

  node_to_node_encryption {
    enabled = true
  }
}

# Workers that enrich events: a fleet that reads the stream

data "aws_ami" "worker" {
  most_recent = true
  owners      = ["self"]

  filter {
    name   = "name"
    values = ["event-worker-*"]
  }
}

resource "aws_launch_template" "worker" {
  name_prefix   = "${local.name}-worker-"
  image_id      = data.aws_ami.worker.id
  instance_type = "c5.xlarge"

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_size = 100
      volume_type = "gp2"
    }
  }

  tag_specifications {
    resource_type = "instance"
    tags          = { Name = "${local.name}-worker" }
  }
}

resource "aws_autoscaling_group" "worker" {
  name                = "${local.name}-worker"
  min_size            = 4
  max_size            = 12
  desired_capacity    = 6
  vpc_zone_identifier = aws_subnet.private[*].id

  launch_template {
    id      = aws_launch_template.worker.id
    version = "$Latest"
  }
}

# State of the workers, on a disk with IOPS of its own
resource "aws_ebs_volume" "state" {
  availability_zone = "${var.region}a"
  size              = 400
  type              = "io1"
  iops              = 4000

  tags = {
    Name = "${local.name}-state"
  }
}

# Network

resource "aws_vpc" "this" {
  cidr_block           = "10.80.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_subnet" "private" {
  count = 3

  vpc_id            = aws_vpc.this.id
  availability_zone = "${var.region}${element(["a", "b", "c"], count.index)}"
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, count.index + 10)
}

resource "aws_subnet" "public" {
  vpc_id            = aws_vpc.this.id
  availability_zone = "${var.region}a"
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, 0)
}

resource "aws_eip" "nat" {
  domain = "vpc"
}

resource "aws_nat_gateway" "this" {
  allocation_id = aws_eip.nat.id
  subnet_id     = aws_subnet.public.id
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.this.id
  }
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id

  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.this.id
  }
}

resource "aws_route_table_association" "private" {
  count = 3

  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private.id
}

# Workers read Kinesis without the NAT gateway.
resource "aws_vpc_endpoint" "kinesis" {
  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${var.region}.kinesis-streams"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = aws_subnet.private[*].id
  private_dns_enabled = true
}
