# Servers of every kind: alone, by template, in groups, with addresses and disks of their own, and their way out.
provider "aws" {
  region = "ap-northeast-2"
}

locals {
  zones = ["ap-northeast-2a", "ap-northeast-2c"]
  disks = { logs = { size = 20, type = "gp3" }, data = { size = 100, type = "io1" } }
}

resource "aws_vpc" "main" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_subnet" "public" {
  count                   = length(local.zones)
  vpc_id                  = aws_vpc.main.id
  cidr_block              = cidrsubnet("10.1.0.0/16", 8, count.index)
  availability_zone       = local.zones[count.index]
  map_public_ip_on_launch = true
}

resource "aws_subnet" "private" {
  for_each          = toset(local.zones)
  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet("10.1.0.0/16", 8, 10 + index(local.zones, each.value))
  availability_zone = each.value
}

resource "aws_eip" "nat" {
  count  = length(local.zones)
  domain = "vpc"
}

resource "aws_nat_gateway" "main" {
  count         = 2
  allocation_id = aws_eip.nat[count.index].id
  subnet_id     = aws_subnet.public[count.index].id
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.ap-northeast-2.s3"
  vpc_endpoint_type = "Gateway"
}

resource "aws_vpc_endpoint" "logs" {
  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.ap-northeast-2.logs"
  vpc_endpoint_type = "Interface"
  subnet_ids        = [for subnet in aws_subnet.private : subnet.id]
}

resource "aws_instance" "bastion" {
  ami                         = "ami-0123456789abcdef0"
  instance_type               = "t4g.nano"
  subnet_id                   = aws_subnet.public[0].id
  associate_public_ip_address = true
  source_dest_check           = true
  tenancy                     = "default"

  root_block_device {
    volume_type = "gp3"
    volume_size = 8
  }

  ebs_block_device {
    device_name = "/dev/sdf"
    volume_type = "gp3"
    volume_size = 50
    iops        = 4000
    throughput  = 200
  }

  tags = {
    "glimpse:role" = "jump"
  }
}

resource "aws_instance" "fixed" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t4g.small"
  subnet_id     = aws_subnet.public[1].id

  root_block_device {
    volume_size = 10
  }
}

resource "aws_eip" "fixed" {
  domain   = "vpc"
  instance = aws_instance.fixed.id
}

resource "aws_instance" "pair" {
  for_each      = { one = "t4g.micro", two = "t4g.small" }
  ami           = "ami-0123456789abcdef0"
  instance_type = each.value
  subnet_id     = aws_subnet.private["ap-northeast-2a"].id

  root_block_device {
    volume_type = "gp2"
    volume_size = 12
  }

  dynamic "ebs_block_device" {
    for_each = each.key == "two" ? [30, 40] : []
    content {
      device_name = "/dev/sd${ebs_block_device.key}"
      volume_size = ebs_block_device.value
      volume_type = "gp3"
    }
  }
}

resource "aws_launch_template" "web" {
  name          = "web"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t4g.medium"

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type = "gp3"
      volume_size = 20
    }
  }

  network_interfaces {
    associate_public_ip_address = "false"
  }
}

resource "aws_launch_template" "spot" {
  name          = "spot"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t4g.small"

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type = "gp3"
      volume_size = 20
    }
  }

  instance_market_options {
    market_type = "spot"
  }
}

resource "aws_instance" "templated" {
  subnet_id = aws_subnet.private["ap-northeast-2c"].id

  launch_template {
    id      = aws_launch_template.web.id
    version = "$Latest"
  }
}

resource "aws_autoscaling_group" "web" {
  name                = "web"
  min_size            = 2
  max_size            = 6
  desired_capacity    = 3
  vpc_zone_identifier = aws_subnet.public[*].id

  launch_template {
    id      = aws_launch_template.web.id
    version = "$Latest"
  }
}

resource "aws_autoscaling_group" "spot" {
  name                = "spot"
  min_size            = 1
  max_size            = 2
  vpc_zone_identifier = values(aws_subnet.private)[*].id

  launch_template {
    name    = "spot"
    version = "$Latest"
  }

  tag {
    key                 = "glimpse:role"
    value               = "worker"
    propagate_at_launch = true
  }
}

resource "aws_ebs_volume" "extra" {
  for_each          = local.disks
  availability_zone = local.zones[0]
  size              = each.value.size
  type              = each.value.type
  iops              = each.key == "data" ? 1000 : null
}

resource "aws_ebs_volume" "old" {
  availability_zone = local.zones[1]
  size              = 30
}

resource "aws_lb" "edge" {
  name               = "edge"
  load_balancer_type = "application"

  subnet_mapping {
    subnet_id            = aws_subnet.public[0].id
    private_ipv4_address = "10.1.0.10"
    allocation_id        = aws_eip.nat[0].id
  }

  subnet_mapping {
    subnet_id            = aws_subnet.public[1].id
    private_ipv4_address = "10.1.1.10"
  }
}
