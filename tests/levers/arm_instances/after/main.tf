provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_subnet" "private" {
  vpc_id                  = "vpc-0123456789abcdef0"
  cidr_block              = "10.0.1.0/24"
  map_public_ip_on_launch = false
}

resource "aws_instance" "app" {
  ami           = "ami-0fedcba9876543210"
  instance_type = "m6g.large"
  subnet_id     = aws_subnet.private.id
}

resource "aws_eks_node_group" "workers" {
  cluster_name    = "shop"
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::123456789012:role/workers"
  subnet_ids      = [aws_subnet.private.id]
  ami_type        = "AL2023_ARM_64_STANDARD"
  instance_types  = ["t4g.large"]

  scaling_config {
    min_size     = 2
    desired_size = 3
    max_size     = 5
  }
}

# Windows has no ARM.
resource "aws_eks_node_group" "windows" {
  cluster_name    = "shop"
  node_group_name = "windows"
  node_role_arn   = "arn:aws:iam::123456789012:role/workers"
  subnet_ids      = [aws_subnet.private.id]
  ami_type        = "WINDOWS_CORE_2022_x86_64"
  instance_types  = ["m5.large"]

  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 1
  }
}
