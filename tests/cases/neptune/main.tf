provider "aws" {
  region = "us-east-1"
}

# No price of Neptune is held: what it consumes is named.
resource "aws_neptune_cluster" "graph" {
  cluster_identifier = "graph"
}

resource "aws_neptune_cluster_instance" "graph" {
  cluster_identifier = aws_neptune_cluster.graph.id
  instance_class     = "db.t4g.medium"
}

resource "aws_neptune_cluster" "serverless" {
  cluster_identifier = "serverless"

  serverless_v2_scaling_configuration {
    min_capacity = 1
    max_capacity = 8
  }
}

resource "aws_neptune_cluster_instance" "serverless" {
  cluster_identifier = aws_neptune_cluster.serverless.id
  instance_class     = "db.serverless"
}
