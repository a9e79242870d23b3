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
