provider "aws" {
  region = "ap-northeast-2"
}
resource "aws_lightsail_static_ip" "a" {
  name = "blog"
}
resource "aws_lightsail_static_ip_attachment" "a" {
  static_ip_name = "blog"
  instance_name  = "x"
}
resource "aws_launch_template" "t" {
  name          = "node"
  instance_type = "m5.large"
  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_size = 50
      volume_type = "gp3"
    }
  }
  block_device_mappings {
    device_name = "/dev/sdf"
    ebs {
      volume_size = 500
      volume_type = "gp3"
      iops        = 4000
      throughput  = 300
    }
  }
  block_device_mappings {
    device_name = "/dev/sdg"
    no_device   = "true"
    ebs {
      volume_size = 500
    }
  }
  monitoring {
    enabled = true
  }
}
resource "aws_eks_node_group" "byname" {
  cluster_name  = "c"
  node_role_arn = "arn:aws:iam::123456789012:role/node"
  subnet_ids    = [aws_subnet.s.id]
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
resource "aws_subnet" "s" {
  vpc_id                  = "vpc-1"
  cidr_block              = "10.0.0.0/24"
  map_public_ip_on_launch = true
}
resource "aws_instance" "i" {
  subnet_id = aws_subnet.s.id
  launch_template {
    name = "node"
  }
  root_block_device {
    volume_size = 10
  }
  ebs_block_device {
    device_name = "/dev/sdf"
    volume_size = 100
    volume_type = "io1"
    iops        = 100
  }
}
resource "aws_autoscaling_group" "g" {
  name                = "g"
  min_size            = 2
  max_size            = 4
  vpc_zone_identifier = [aws_subnet.s.id]
  launch_template {
    name = "node"
  }
}
resource "aws_launch_configuration" "c" {
  name                        = "conf"
  instance_type               = "m5.large"
  enable_monitoring           = false
  spot_price                  = "0.02"
  associate_public_ip_address = false
}
resource "aws_autoscaling_group" "h" {
  name                 = "h"
  desired_capacity     = 2
  min_size             = 1
  max_size             = 4
  vpc_zone_identifier  = [aws_subnet.s.id]
  launch_configuration = "conf"
}
resource "aws_autoscaling_schedule" "n" {
  scheduled_action_name  = "n"
  autoscaling_group_name = "h"
  min_size               = 0
  desired_capacity       = 1
}
resource "aws_eip" "p" {
  ipam_pool_id = "ipam-pool-1"
}
resource "aws_eip" "q" {
  public_ipv4_pool = "amazon"
}
resource "aws_eip" "r" {
  customer_owned_ipv4_pool = "coip-1"
}
resource "aws_eip" "e" {
  instance = aws_instance.i.id
}
resource "aws_ec2_host" "h" {
  instance_type     = "m5.large"
  availability_zone = "ap-northeast-2a"
}
resource "aws_ec2_capacity_reservation" "r" {
  instance_type     = "m5.large"
  instance_platform = "Linux/UNIX"
  availability_zone = "ap-northeast-2a"
  instance_count    = 3
}
resource "aws_instance" "inside" {
  instance_type               = "m5.large"
  subnet_id                   = aws_subnet.s.id
  associate_public_ip_address = true
  monitoring                  = true
  ebs_optimized               = true
}
resource "aws_elastic_beanstalk_configuration_template" "t" {
  name                = "tmpl"
  application         = "a"
  solution_stack_name = "64bit Amazon Linux 2023 v6.1.0 running Node.js 20"
  setting {
    namespace = "aws:elasticbeanstalk:environment"
    name      = "LoadBalancerType"
    value     = "application"
  }
  setting {
    namespace = "aws:autoscaling:launchconfiguration"
    name      = "InstanceType"
    value     = "m5.large"
  }
  setting {
    namespace = "aws:autoscaling:launchconfiguration"
    name      = "RootVolumeType"
    value     = "gp3"
  }
  setting {
    namespace = "aws:autoscaling:launchconfiguration"
    name      = "RootVolumeIOPS"
    value     = "4000"
  }
  setting {
    namespace = "aws:autoscaling:launchconfiguration"
    name      = "RootVolumeThroughput"
    value     = "300"
  }
  setting {
    namespace = "aws:autoscaling:launchconfiguration"
    name      = "MonitoringInterval"
    value     = "1 minute"
  }
  setting {
    namespace = "aws:ec2:vpc"
    name      = "ELBScheme"
    value     = "internal"
  }
  setting {
    namespace = "aws:ec2:vpc"
    name      = "VPCId"
    value     = "vpc-1"
  }
  setting {
    namespace = "aws:ec2:vpc"
    name      = "AssociatePublicIpAddress"
    value     = "true"
  }
}
resource "aws_elastic_beanstalk_environment" "byname" {
  name          = "e"
  application   = "a"
  template_name = "tmpl"
  tier          = "WebServer"
  setting {
    namespace = "aws:ec2:instances"
    name      = "EnableSpot"
    value     = "true"
  }
  setting {
    namespace = "aws:ec2:instances"
    name      = "SpotFleetOnDemandBase"
    value     = "1"
  }
  setting {
    namespace = "aws:ec2:instances"
    name      = "SpotFleetOnDemandAboveBasePercentage"
    value     = "50"
  }
  setting {
    namespace = "aws:elasticbeanstalk:environment"
    name      = "LoadBalancerIsShared"
    value     = "false"
  }
  setting {
    namespace = "aws:rds:dbinstance"
    name      = "HasCoupledDatabase"
    value     = "false"
  }
  setting {
    namespace = "aws:rds:dbinstance"
    name      = "MultiAZDatabase"
    value     = "true"
  }
  setting {
    namespace = "aws:elasticbeanstalk:cloudwatch:logs"
    name      = "StreamLogs"
    value     = "false"
  }
  setting {
    namespace = "aws:elasticbeanstalk:cloudwatch:logs:health"
    name      = "HealthStreamingEnabled"
    value     = "true"
  }
  setting {
    namespace = "aws:elasticbeanstalk:cloudwatch:logs"
    name      = "RetentionInDays"
    value     = "30"
  }
}
resource "aws_elastic_beanstalk_environment" "worker" {
  name        = "w"
  application = "a"
  tier        = "Worker"
  setting {
    namespace = "aws:autoscaling:launchconfiguration"
    name      = "InstanceType"
    value     = "m5.large"
  }
}
resource "aws_lightsail_instance" "l" {
  name              = "x"
  availability_zone = "ap-northeast-2a"
  blueprint_id      = "amazon_linux_2"
  bundle_id         = "small_ipv6_3_0"
  ip_address_type   = "ipv6"
  add_on {
    type          = "AutoSnapshot"
    snapshot_time = "06:00"
    status        = "Enabled"
  }
}
resource "aws_lightsail_container_service" "c" {
  name  = "c"
  power = "nano"
  scale = 2
}
resource "aws_lightsail_bucket" "b" {
  name      = "b"
  bundle_id = "small_1_0"
}
resource "aws_ebs_volume" "v" {
  availability_zone = "ap-northeast-2a"
  size              = 100
  type              = "gp3"
  iops              = 4000
  throughput        = 300
}
resource "aws_ebs_volume" "v2" {
  availability_zone = "ap-northeast-2a"
  size              = 100
  type              = "io1"
  iops              = 4000
}
resource "aws_ebs_snapshot" "s" {
  volume_id    = aws_ebs_volume.v.id
  storage_tier = "standard"
}
resource "aws_ebs_volume" "of" {
  availability_zone = "ap-northeast-2a"
  snapshot_id       = aws_ebs_snapshot.s.id
}
