resource "aws_ssm_parameter" "free" {
  name = "free"
}

resource "aws_ssm_parameter" "large" {
  name = "large"
}

resource "aws_ssm_parameter" "small" {
  name = "small"
}

resource "aws_ssm_parameter" "document" {
  name = "document"
}
