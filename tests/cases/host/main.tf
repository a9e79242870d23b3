provider "aws" {
  region = "ap-northeast-2"
}

# No price of a Dedicated Host is held.
resource "aws_ec2_host" "licensed" {
  instance_family   = "c5"
  availability_zone = "ap-northeast-2a"
}

# Of three that are kept free, one is used by the stack.
resource "aws_ec2_capacity_reservation" "launch" {
  instance_type     = "m5.large"
  instance_platform = "Linux/UNIX"
  availability_zone = "ap-northeast-2a"
  instance_count    = 3
}

resource "aws_instance" "web" {
  instance_type               = "m5.large"
  availability_zone           = "ap-northeast-2a"
  associate_public_ip_address = false

  root_block_device {
    volume_size = 8
  }
}
