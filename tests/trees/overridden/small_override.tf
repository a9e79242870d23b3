# An override takes the place of the arguments that it sets, and of all nested blocks of a type that it has.
resource "aws_instance" "web" {
  instance_type = "t3.micro"

  root_block_device {
    volume_size = 8
    volume_type = "gp3"
  }
}
