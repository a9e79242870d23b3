provider "aws" {
  region = "us-east-1"
}

# A shop's server, its data volume, and a group of workers whose template is older than gp3.
resource "aws_instance" "shop" {
  ami                         = "ami-0123456789abcdef0"
  instance_type               = "m6i.large"
  associate_public_ip_address = false

  root_block_device {
    volume_type = "gp3"
    volume_size = 50
  }
}

resource "aws_ebs_volume" "data" {
  availability_zone = "us-east-1a"
  type              = "gp3"
  size              = 1500
  iops              = 4500
  throughput        = 250
}

resource "aws_ebs_volume" "index" {
  availability_zone = "us-east-1a"
  type              = "gp3"
  size              = 200
  iops              = 4000
  throughput        = 500
}

resource "aws_launch_template" "worker" {
  name          = "worker"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "c6i.large"

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type = "gp3"
      volume_size = 100
    }
  }
}

resource "aws_autoscaling_group" "workers" {
  name                = "workers"
  min_size            = 2
  max_size            = 4
  vpc_zone_identifier = [aws_subnet.private.id]

  launch_template {
    id = aws_launch_template.worker.id
  }
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

# Two nodes write to one volume, which gp3 cannot do.
resource "aws_ebs_volume" "shared" {
  availability_zone    = "us-east-1a"
  type                 = "io1"
  size                 = 100
  iops                 = 3000
  multi_attach_enabled = true
}
