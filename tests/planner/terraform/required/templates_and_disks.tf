resource "aws_launch_configuration" "c" {
  image_id = "ami-1"
}
