provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_instance" "web" {
  ami           = "ami-0c9c942bd7bf113a2"
  instance_type = "m6i.large"

  root_block_device {
    volume_type = "gp3"
    volume_size = 30
  }
}

# As many at every hour: the group only replaces what fails.
resource "aws_launch_template" "worker" {
  image_id      = "ami-0c9c942bd7bf113a2"
  instance_type = "c6g.xlarge"
}

resource "aws_autoscaling_group" "worker" {
  min_size         = 2
  max_size         = 2
  desired_capacity = 2

  launch_template {
    id      = aws_launch_template.worker.id
    version = "$Latest"
  }
}

# It scales between two and six: two run at every hour.
resource "aws_autoscaling_group" "api" {
  min_size         = 2
  max_size         = 6
  desired_capacity = 3

  launch_template {
    id      = aws_launch_template.worker.id
    version = "$Latest"
  }
}

# It scales down to none.
resource "aws_autoscaling_group" "batch" {
  min_size         = 0
  max_size         = 8
  desired_capacity = 1

  launch_template {
    id      = aws_launch_template.worker.id
    version = "$Latest"
  }
}
