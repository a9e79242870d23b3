provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_instance" "web" {
  ami           = "ami-0c9c942bd7bf113a2"
  instance_type = "t3.small"

  root_block_device {
    volume_type = "gp3"
    volume_size = 20
  }
}

resource "aws_instance" "old" {
  ami           = "ami-0c9c942bd7bf113a2"
  instance_type = "m5.large"

  root_block_device {
    volume_type = "gp2"
    volume_size = 100
  }

  ebs_block_device {
    device_name = "/dev/sdf"
    volume_type = "io1"
    volume_size = 200
    iops        = 1000
  }
}

resource "aws_ec2_instance_state" "old" {
  instance_id = aws_instance.old.id
  state       = "stopped"
}

resource "aws_eip" "old" {
  instance = aws_instance.old.id
}
