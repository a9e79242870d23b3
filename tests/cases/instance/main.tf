provider "aws" {
  region = "ap-northeast-2"
}

# A server with its own address and disks, and one whose image alone knows the size of its disk.
resource "aws_instance" "web" {
  instance_type               = "t4g.small"
  associate_public_ip_address = true

  root_block_device {
    volume_type = "gp3"
    volume_size = 20
  }
}

resource "aws_instance" "bare" {
  instance_type               = "m6g.large"
  associate_public_ip_address = false
}

resource "aws_launch_template" "nat" {
  instance_type = "t4g.nano"

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type = "gp3"
      volume_size = 8
    }
  }

  network_interfaces {
    associate_public_ip_address = true
  }
}

resource "aws_autoscaling_group" "nat" {
  min_size         = 1
  max_size         = 1
  desired_capacity = 1

  launch_template {
    id = aws_launch_template.nat.id
  }
}
