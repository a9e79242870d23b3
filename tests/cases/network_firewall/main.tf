# Its prices are held for Virginia.
provider "aws" {
  region = "us-east-1"
}

resource "aws_networkfirewall_firewall" "edge" {
  name                = "edge"
  firewall_policy_arn = "arn:aws:network-firewall:us-east-1:123456789012:firewall-policy/edge"
  vpc_id              = "vpc-1"

  subnet_mapping {
    subnet_id = "subnet-1"
  }

  subnet_mapping {
    subnet_id = "subnet-2"
  }
}

resource "aws_networkfirewall_logging_configuration" "edge" {
  firewall_arn = aws_networkfirewall_firewall.edge.arn

  logging_configuration {
    log_destination_config {
      log_destination      = { logGroup = "/firewall/alerts" }
      log_destination_type = "CloudWatchLogs"
      log_type             = "ALERT"
    }

    log_destination_config {
      log_destination      = { bucketName = "firewall-flows" }
      log_destination_type = "S3"
      log_type             = "FLOW"
    }
  }
}
