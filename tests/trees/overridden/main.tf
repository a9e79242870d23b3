provider "aws" {
  region = "us-east-1"
}

variable "size" {
  type = number
}

resource "aws_instance" "web" {
  ami                         = "ami-1"
  instance_type               = "m5.4xlarge"
  associate_public_ip_address = false

  root_block_device {
    volume_size = var.size
    volume_type = "gp3"
  }
}
