resource "aws_ssm_parameter" "free" {
  name = "free"
}

resource "aws_ssm_parameter" "large" {
  name = "large"
}
