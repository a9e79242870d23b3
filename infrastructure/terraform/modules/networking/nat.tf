locals {
  nat_role = "${var.name}-nat"

  nat_user_data = <<-BASH
    #!/bin/bash
    set -euo pipefail

    # dnf needs more memory than the smallest instances have.
    dd if=/dev/zero of=/swap bs=1M count=512 status=none
    chmod 600 /swap
    mkswap /swap
    swapon /swap
    command -v nft || dnf install --assumeyes nftables

    echo 'net.ipv4.ip_forward = 1' > /etc/sysctl.d/90-nat.conf
    sysctl --load=/etc/sysctl.d/90-nat.conf

    interface=$(ip -4 route show default | awk '{ print $5; exit }')
    cat > /etc/sysconfig/nftables.conf <<RULES
    flush ruleset
    table ip nat {
      chain postrouting {
        type nat hook postrouting priority srcnat; policy accept;
        ip saddr ${var.cidr} oifname "$interface" masquerade
      }
    }
    RULES
    systemctl enable nftables
    systemctl restart nftables

    metadata=http://169.254.169.254/latest
    token=$(curl -sSf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' $metadata/api/token)
    instance=$(curl -sSf -H "X-aws-ec2-metadata-token: $token" $metadata/meta-data/instance-id)
    export AWS_DEFAULT_REGION=${var.region}

    # Permissions can lag behind the instance that holds them, so each step is tried until it holds.
    until aws ec2 modify-instance-attribute --instance-id "$instance" --no-source-dest-check; do
      sleep 5
    done

    for table in ${join(" ", aws_route_table.private[*].id)}; do
      route="--route-table-id $table --destination-cidr-block 0.0.0.0/0 --instance-id $instance"
      until aws ec2 replace-route $route || aws ec2 create-route $route; do
        sleep 5
      done
    done
  BASH
}

data "aws_ssm_parameter" "nat_image" {
  count = var.egress == "nat_instance" ? 1 : 0

  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
}

# Keeps the image that was the newest on the day that was chosen. Without it the first apply after Amazon publishes an
# image would replace the instance.
resource "terraform_data" "nat_image" {
  count = var.egress == "nat_instance" ? 1 : 0

  input            = data.aws_ssm_parameter.nat_image[0].insecure_value
  triggers_replace = var.nat_image_of

  lifecycle {
    ignore_changes = [input]
  }
}

# The tasks send nothing but HTTPS through here: registry, secrets, logs, push services.
resource "aws_security_group" "nat" {
  count = var.egress == "nat_instance" ? 1 : 0

  name        = local.nat_role
  description = "NAT instance"
  vpc_id      = aws_vpc.this.id

  tags = { Name = local.nat_role }
}

resource "aws_vpc_security_group_ingress_rule" "nat" {
  count = var.egress == "nat_instance" ? length(var.zones) : 0

  security_group_id = aws_security_group.nat[0].id
  description       = "HTTPS from ${var.zones[count.index]}"
  cidr_ipv4         = aws_subnet.private[count.index].cidr_block
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "nat" {
  count = var.egress == "nat_instance" ? 1 : 0

  security_group_id = aws_security_group.nat[0].id
  description       = "HTTPS to anywhere"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_iam_role" "nat" {
  count = var.egress == "nat_instance" ? 1 : 0

  name                 = local.nat_role
  permissions_boundary = var.boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "nat" {
  count = var.egress == "nat_instance" ? 1 : 0

  name = "become-the-default-route"
  role = aws_iam_role.nat[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["ec2:CreateRoute", "ec2:ReplaceRoute"]
        Resource = aws_route_table.private[*].arn
      },
      {
        Effect    = "Allow"
        Action    = "ec2:ModifyInstanceAttribute"
        Resource  = "arn:aws:ec2:${var.region}:*:instance/*"
        Condition = { StringEquals = { "aws:ResourceTag/Role" = local.nat_role } }
      },
    ]
  })
}

resource "aws_iam_instance_profile" "nat" {
  count = var.egress == "nat_instance" ? 1 : 0

  name = local.nat_role
  role = aws_iam_role.nat[0].name

  # An instance that starts before its permissions exist would wait for them in vain.
  depends_on = [aws_iam_role_policy.nat]
}

resource "aws_launch_template" "nat" {
  count = var.egress == "nat_instance" ? 1 : 0

  name                   = local.nat_role
  image_id               = terraform_data.nat_image[0].output
  instance_type          = var.nat_instance_type
  user_data              = base64encode(local.nat_user_data)
  update_default_version = true

  iam_instance_profile {
    arn = aws_iam_instance_profile.nat[0].arn
  }

  # T4g is "unlimited" unless told otherwise: a busy hour would be billed instead of slowed down.
  credit_specification {
    cpu_credits = "standard"
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = var.nat_disk_gb
      encrypted             = true
      delete_on_termination = true
    }
  }

  # One public IPv4 that comes and goes with the instance; an Elastic IP would need moving, and cost the same.
  network_interfaces {
    device_index                = 0
    associate_public_ip_address = true
    delete_on_termination       = true
    security_groups             = [aws_security_group.nat[0].id]
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  dynamic "tag_specifications" {
    for_each = ["instance", "network-interface", "volume"]

    content {
      resource_type = tag_specifications.value
      tags          = merge(var.tags, { Name = local.nat_role, Role = local.nat_role })
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_autoscaling_group" "nat" {
  count = var.egress == "nat_instance" ? 1 : 0

  name                = local.nat_role
  min_size            = 1
  max_size            = 1
  desired_capacity    = 1
  vpc_zone_identifier = aws_subnet.public[*].id
  health_check_type   = "EC2"

  # Costs nothing, and the alarm reads it.
  enabled_metrics = ["GroupInServiceInstances"]

  launch_template {
    id      = aws_launch_template.nat[0].id
    version = aws_launch_template.nat[0].latest_version
  }

  # A new image or size replaces the instance at once; nothing goes out for two to three minutes.
  instance_refresh {
    strategy = "Rolling"

    preferences {
      min_healthy_percentage = 0
    }
  }

  dynamic "tag" {
    for_each = merge(var.tags, { Name = local.nat_role })

    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }

  # The cost planner reads it, to know which instance carries the egress.
  tag {
    key                 = "glimpse:role"
    value               = "nat"
    propagate_at_launch = false
  }

  # Another way out is there, and the tasks use it, before this one goes.
  lifecycle {
    create_before_destroy = true
  }

  # The instance calls out as soon as it starts, so its own way to the internet must be there first; and tasks start as
  # soon as it is there, so it must let them through.
  depends_on = [
    aws_route.internet,
    aws_route_table_association.public,
    aws_vpc_security_group_egress_rule.nat,
    aws_vpc_security_group_ingress_rule.nat,
  ]
}
