provider "aws" {
  region = "us-east-1"
}

resource "aws_subnet" "private" {
  vpc_id                  = "vpc-0123456789abcdef0"
  cidr_block              = "10.0.1.0/24"
  map_public_ip_on_launch = false
}

resource "aws_instance" "app" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "m6a.large"
  subnet_id     = aws_subnet.private.id
}

resource "aws_instance" "jobs" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3a.medium"
  subnet_id     = aws_subnet.private.id

  credit_specification {
    cpu_credits = "standard"
  }
}
