provider "aws" {
  region = "ap-northeast-2"
}
resource "aws_subnet" "s" {
  vpc_id                  = "vpc-1"
  cidr_block              = "10.0.0.0/24"
  map_public_ip_on_launch = true
}
resource "aws_launch_template" "t" {
  name          = "node"
  instance_type = "m5.large"
  block_device_mappings {
    device_name = "/dev/sdf"
    ebs {
      volume_size = 500
      volume_type = "gp3"
    }
  }
  network_interfaces {
    associate_public_ip_address = true
  }
  placement {
    tenancy = "default"
  }
  credit_specification {
    cpu_credits = "standard"
  }
}
resource "aws_instance" "i" {
  subnet_id     = aws_subnet.s.id
  instance_type = "m5.large"
  launch_template {
    name = "node"
  }
  ebs_block_device {
    device_name = "/dev/sdf"
    volume_size = 100
    volume_type = "io1"
    iops        = 100
  }
}
resource "aws_instance" "j" {
  subnet_id     = aws_subnet.s.id
  instance_type = "m5.large"
  ebs_block_device {
    device_name = "/dev/sda1"
    volume_size = 100
  }
  ebs_block_device {
    device_name = "/dev/sdh"
    volume_size = 10
  }
}
resource "aws_autoscaling_group" "m" {
  name                = "m"
  min_size            = 1
  max_size            = 4
  desired_capacity    = 3
  vpc_zone_identifier = [aws_subnet.s.id]
  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_name = "node"
      }
      override {
        instance_type     = "m5.xlarge"
        weighted_capacity = 2
      }
    }
    instances_distribution {
      on_demand_base_capacity                  = 1
      on_demand_percentage_above_base_capacity = 50
    }
  }
}
resource "aws_ec2_fleet" "api" {
  launch_template_config {
    launch_template_specification {
      launch_template_name = "node"
      version              = "1"
    }
    override {
      instance_type     = "t4g.medium"
      weighted_capacity = 2
    }
  }
  target_capacity_specification {
    default_target_capacity_type = "on-demand"
    total_target_capacity        = 4
    spot_target_capacity         = 0
  }
  type = "maintain"
}
resource "aws_spot_fleet_request" "render" {
  iam_fleet_role            = "arn:aws:iam::123456789012:role/fleet"
  target_capacity           = 4
  on_demand_target_capacity = 4
  launch_specification {
    ami           = "ami-0123456789abcdef0"
    instance_type = "c5.xlarge"
    subnet_id     = aws_subnet.s.id
    spot_price    = "0.1"
    ebs_block_device {
      device_name = "/dev/sdf"
      volume_size = 10
    }
  }
}
resource "aws_instance" "res" {
  instance_type               = "c5.large"
  associate_public_ip_address = false
  capacity_reservation_specification {
    capacity_reservation_target {
      capacity_reservation_id = aws_ec2_capacity_reservation.r.id
    }
  }
}
resource "aws_ec2_capacity_reservation" "r" {
  instance_type           = "c5.large"
  instance_platform       = "Linux/UNIX"
  availability_zone       = "ap-northeast-2a"
  instance_count          = 3
  instance_match_criteria = "targeted"
}
resource "aws_eks_node_group" "byname" {
  cluster_name   = "c"
  node_role_arn  = "arn:aws:iam::123456789012:role/node"
  subnet_ids     = [aws_subnet.s.id]
  instance_types = ["m5.large"]
  ami_type       = "AL2_x86_64"
  launch_template {
    name    = "node"
    version = "1"
  }
  scaling_config {
    desired_size = 3
    max_size     = 3
    min_size     = 3
  }
}
resource "aws_ami_from_instance" "web" {
  name               = "web"
  source_instance_id = aws_instance.i.id
}
resource "aws_eks_cluster" "old" {
  name                      = "old"
  role_arn                  = "arn:aws:iam::123456789012:role/eks"
  version                   = "1.32"
  enabled_cluster_log_types = ["api"]
  vpc_config {
    subnet_ids = [aws_subnet.s.id]
  }
}
resource "aws_cloudwatch_log_group" "l" {
  name = "/aws/eks/old/cluster"
}
resource "aws_spot_instance_request" "c" {
  instance_type = "t3.small"
  subnet_id     = aws_subnet.s.id
  spot_price    = "0.1"
}
resource "aws_instance" "opt" {
  instance_type = "t3.small"
  subnet_id     = aws_subnet.s.id
  instance_market_options {
    market_type = "spot"
  }
}
