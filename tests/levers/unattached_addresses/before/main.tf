provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.1.0/24"
  availability_zone = "ap-northeast-2a"
}

resource "aws_subnet" "b" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.2.0/24"
  availability_zone = "ap-northeast-2b"
}

resource "aws_instance" "web" {
  ami           = "ami-0c9c942bd7bf113a2"
  instance_type = "t3.small"
}

resource "aws_eip" "web" {
  instance = aws_instance.web.id
}

resource "aws_eip" "nat" {
  domain = "vpc"
}

resource "aws_nat_gateway" "main" {
  allocation_id = aws_eip.nat.id
  subnet_id     = aws_subnet.a.id
}

resource "aws_instance" "bastion" {
  ami           = "ami-0c9c942bd7bf113a2"
  instance_type = "t3.nano"
  user_data     = "aws ec2 associate-address --allocation-id ${aws_eip.bastion.id}"
}

# The instance attaches it to itself when it starts.
resource "aws_eip" "bastion" {}

resource "aws_eip" "old" {}
