resource "aws_ebs_volume" "fast" {
  availability_zone = "ap-northeast-2a"
}

resource "aws_ebs_volume" "archive" {
  availability_zone = "ap-northeast-2c"
}
