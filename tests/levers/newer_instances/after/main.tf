provider "aws" {
  region = "us-east-1"
}

resource "aws_subnet" "private" {
  vpc_id                  = "vpc-0123456789abcdef0"
  cidr_block              = "10.0.1.0/24"
  map_public_ip_on_launch = false
}

# A bastion on an old burstable type.
resource "aws_instance" "bastion" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.small"
  subnet_id     = aws_subnet.private.id

  root_block_device {
    volume_type = "gp3"
    volume_size = 20
  }

  credit_specification {
    cpu_credits = "standard"
  }
}

# A cache of files on an instance store.
resource "aws_instance" "files" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "r5d.large"
  subnet_id     = aws_subnet.private.id
}

# As new as it gets for its price: it stays.
resource "aws_instance" "batch" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "c6i.large"
  subnet_id     = aws_subnet.private.id
}

resource "aws_launch_template" "web" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
}

resource "aws_autoscaling_group" "web" {
  min_size            = 2
  max_size            = 6
  desired_capacity    = 3
  vpc_zone_identifier = [aws_subnet.private.id]

  launch_template {
    id      = aws_launch_template.web.id
    version = aws_launch_template.web.latest_version
  }
}
