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
  monitoring                  = true
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

# A server that is switched off: its disk stays.
resource "aws_instance" "spare" {
  instance_type               = "m5.large"
  associate_public_ip_address = false

  root_block_device {
    volume_size = 30
  }
}

resource "aws_ec2_instance_state" "spare" {
  instance_id = aws_instance.spare.id
  state       = "stopped"
}

# On a host that is paid for as a whole, and on one that nobody else shares, whose price is not held.
resource "aws_instance" "licensed" {
  instance_type               = "c5.large"
  associate_public_ip_address = false
  tenancy                     = "host"
}

resource "aws_instance" "alone" {
  instance_type               = "c5.large"
  associate_public_ip_address = false
  tenancy                     = "dedicated"
}

# Twelve units of the first type that the policy lists: six instances, of which one unit and half of the rest are on
# demand, and at night fewer.
resource "aws_subnet" "private" {
  vpc_id     = "vpc-0123456789abcdef0"
  cidr_block = "10.0.0.0/24"
}

resource "aws_launch_template" "worker" {
  name_prefix   = "worker-"
  instance_type = "m5.large"

  monitoring {
    enabled = true
  }

  block_device_mappings {
    device_name = "/dev/sdf"

    ebs {
      volume_size = 100
      volume_type = "io1"
      iops        = 500
    }
  }
}

resource "aws_autoscaling_group" "worker" {
  name                = "worker"
  min_size            = 0
  max_size            = 20
  desired_capacity    = 12
  vpc_zone_identifier = [aws_subnet.private.id]

  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.worker.id
        version            = aws_launch_template.worker.latest_version
      }

      override {
        instance_type     = "m5.xlarge"
        weighted_capacity = 2
      }

      override {
        instance_type     = "m5a.xlarge"
        weighted_capacity = 2
      }
    }

    instances_distribution {
      on_demand_base_capacity                  = 1
      on_demand_percentage_above_base_capacity = 50
    }
  }
}

resource "aws_autoscaling_schedule" "night" {
  scheduled_action_name  = "night"
  autoscaling_group_name = aws_autoscaling_group.worker.name
  recurrence             = "0 22 * * *"
  min_size               = 0
  max_size               = 20
  desired_capacity       = 4
}

# A launch configuration, which watches in detail unless it says otherwise; none runs until it is needed.
resource "aws_launch_configuration" "batch" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "c5.large"
}

resource "aws_autoscaling_group" "batch" {
  launch_configuration = aws_launch_configuration.batch.name
  vpc_zone_identifier  = [aws_subnet.private.id]
  min_size             = 0
  max_size             = 4
}

resource "aws_autoscaling_group" "report" {
  launch_configuration = aws_launch_configuration.batch.name
  vpc_zone_identifier  = [aws_subnet.private.id]
  min_size             = 1
  max_size             = 4
}

# Spot is sold by the zone.
resource "aws_subnet" "zone" {
  vpc_id               = "vpc-0123456789abcdef0"
  cidr_block           = "10.0.1.0/24"
  availability_zone_id = "apne2-az1"
}

resource "aws_spot_instance_request" "crawler" {
  instance_type = "t4g.small"
  subnet_id     = aws_subnet.zone.id

  root_block_device {
    volume_size = 20
  }
}

resource "aws_spot_fleet_request" "render" {
  iam_fleet_role            = "arn:aws:iam::123456789012:role/fleet"
  target_capacity           = 4
  on_demand_target_capacity = 1

  launch_specification {
    ami           = "ami-0123456789abcdef0"
    instance_type = "c5.xlarge"
    subnet_id     = aws_subnet.zone.id
  }
}

resource "aws_ec2_fleet" "api" {
  launch_template_config {
    launch_template_specification {
      launch_template_id = aws_launch_template.nat.id
      version            = aws_launch_template.nat.latest_version
    }

    override {
      instance_type = "t4g.medium"
    }
  }

  target_capacity_specification {
    default_target_capacity_type = "on-demand"
    total_target_capacity        = 2
  }
}

# A template's disk made larger: it stays io1, with the IOPS of the template.
resource "aws_instance" "larger" {
  associate_public_ip_address = false

  launch_template {
    id = aws_launch_template.worker.id
  }

  ebs_block_device {
    device_name = "/dev/sdf"
    volume_size = 200
  }
}
