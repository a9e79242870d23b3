provider "aws" {
  region = "us-east-1"
}

resource "aws_instance" "web" {
  ami                         = "ami-0123456789abcdef0"
  instance_type               = "m6i.large"
  associate_public_ip_address = false
  monitoring                  = true

  root_block_device {
    volume_type = "gp3"
    volume_size = 30
  }
}
