provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_iam_role" "api" {
  name               = "api"
  assume_role_policy = "{}"
}

resource "aws_iam_role_policy_attachment" "api_sessions" {
  role       = aws_iam_role.api.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
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

# Named after the bastion that it is reached by, and without an address of its own.
resource "aws_instance" "worker" {
  ami                         = "ami-0c9c942bd7bf113a2"
  instance_type               = "m6i.large"
  associate_public_ip_address = false

  tags = { Name = "worker-behind-bastion" }
}
