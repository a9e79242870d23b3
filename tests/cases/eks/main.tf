provider "aws" {
  region = "ap-northeast-2"
}

# Past standard support, with its logs.
resource "aws_eks_cluster" "old" {
  name                      = "old"
  role_arn                  = "arn:aws:iam::123456789012:role/eks"
  version                   = "1.32"
  enabled_cluster_log_types = ["api", "audit"]

  vpc_config {
    subnet_ids = [aws_subnet.private.id]
  }
}

# The same version, which AWS upgrades instead of charging more.
resource "aws_eks_cluster" "upgraded" {
  name     = "upgraded"
  role_arn = "arn:aws:iam::123456789012:role/eks"
  version  = "1.32"

  upgrade_policy {
    support_type = "STANDARD"
  }

  vpc_config {
    subnet_ids = [aws_subnet.private.id]
  }
}

# A provisioned control plane.
resource "aws_eks_cluster" "large" {
  name     = "large"
  role_arn = "arn:aws:iam::123456789012:role/eks"
  version  = "1.35"

  control_plane_scaling_config {
    tier = "tier-xl"
  }

  vpc_config {
    subnet_ids = [aws_subnet.private.id]
  }
}

resource "aws_subnet" "private" {
  vpc_id     = "vpc-0123456789abcdef0"
  cidr_block = "10.0.0.0/24"
}

# What AWS takes where nothing is said: t3.medium, 20 GB.
resource "aws_eks_node_group" "plain" {
  cluster_name  = aws_eks_cluster.old.name
  node_role_arn = "arn:aws:iam::123456789012:role/node"
  subnet_ids    = [aws_subnet.private.id]

  scaling_config {
    desired_size = 2
    max_size     = 4
    min_size     = 1
  }
}

resource "aws_launch_template" "node" {
  name          = "node"
  instance_type = "m5.large"

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_size = 50
      volume_type = "gp3"
    }
  }
}

resource "aws_eks_node_group" "launched" {
  cluster_name  = aws_eks_cluster.old.name
  node_role_arn = "arn:aws:iam::123456789012:role/node"
  subnet_ids    = [aws_subnet.private.id]

  launch_template {
    name    = "node"
    version = aws_launch_template.node.latest_version
  }

  scaling_config {
    desired_size = 3
    max_size     = 3
    min_size     = 3
  }
}

# Spot is sold by the zone, and here nobody knows which.
resource "aws_eks_node_group" "spot" {
  cluster_name   = aws_eks_cluster.old.name
  node_role_arn  = "arn:aws:iam::123456789012:role/node"
  subnet_ids     = [aws_subnet.private.id]
  capacity_type  = "SPOT"
  instance_types = ["m5.large", "m5a.large"]
  disk_size      = 40

  scaling_config {
    desired_size = 2
    max_size     = 4
    min_size     = 0
  }
}

resource "aws_eks_fargate_profile" "jobs" {
  cluster_name           = aws_eks_cluster.old.name
  fargate_profile_name   = "jobs"
  pod_execution_role_arn = "arn:aws:iam::123456789012:role/pod"

  selector {
    namespace = "jobs"
  }
}
