provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_iam_role" "api" {
  name               = "api"
  assume_role_policy = "{}"
}

resource "aws_iam_instance_profile" "api" {
  name = "api"
  role = aws_iam_role.api.name
}

resource "aws_instance" "api" {
  ami                         = "ami-0c9c942bd7bf113a2"
  instance_type               = "m6i.large"
  associate_public_ip_address = false
  iam_instance_profile        = aws_iam_instance_profile.api.name
}

resource "aws_instance" "bastion" {
  ami           = "ami-0c9c942bd7bf113a2"
  instance_type = "t3.small"

  root_block_device {
    volume_type = "gp3"
    volume_size = 20
  }
}

resource "aws_eip" "bastion" {
  instance = aws_instance.bastion.id
}

# Named after the bastion that it is reached by, and without an address of its own.
resource "aws_instance" "worker" {
  ami                         = "ami-0c9c942bd7bf113a2"
  instance_type               = "m6i.large"
  associate_public_ip_address = false

  tags = { Name = "worker-behind-bastion" }
}
